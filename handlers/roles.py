"""The programme's roles in words."""

from locales import Html, Speech
from mentoring.people import Role


def role_name(t: Speech, role: Role) -> Html:
    """The role, as it stands in a sentence."""
    match role:
        case Role.MENTEE:
            return t.term("role", "mentee")
        case Role.MENTOR:
            return t.term("role", "mentor")
        case Role.COORDINATOR:
            return t.term("role", "coordination")


def role_label(t: Speech, role: Role) -> str:
    """The role on a button."""
    match role:
        case Role.MENTEE:
            return t.label("role", "Mentee")
        case Role.MENTOR:
            return t.label("role", "Mentor")
        case Role.COORDINATOR:
            return t.label("role", "Coordination")
