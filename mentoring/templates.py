"""The programme template: length, topics, durations and the notice, as data and not as code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from mentoring.people import Role

LANGUAGES = ("de", "en", "ar", "uk")
"""Every name in a template is given in these languages."""


@dataclass(frozen=True)
class Topic:
    """Something a tandem talks about; `names` by language."""

    key: str
    names: dict[str, str]


@dataclass(frozen=True)
class Rungs:
    """The contact ladder, in days: after the match, until the first meeting; of silence later.

    A role that is not named is not asked; for the coordination the tandem is red from that day on,
    always.
    """

    first_date: int = 2
    first_meeting: Mapping[Role, int] = field(
        default_factory=lambda: {Role.MENTEE: 10, Role.MENTOR: 14, Role.COORDINATOR: 18}
    )
    silence: Mapping[Role, int] = field(
        default_factory=lambda: {Role.MENTEE: 14, Role.MENTOR: 21, Role.COORDINATOR: 28}
    )


@dataclass(frozen=True)
class Anchors:
    """The three talks of every tandem, in weeks of its phase (1 is the first), both inclusive."""

    goals: tuple[int, int] = (1, 2)
    middle: tuple[int, int] = (7, 9)
    closing: tuple[int, int] = (15, 17)


@dataclass(frozen=True)
class Rest:
    """When nobody is disturbed unasked: from one local wall time to another, and whole days.

    `days` are weekdays; Monday is 0. `begin` equal to `end` is no quiet hour at all.
    """

    begin: time = time(20, 30)
    end: time = time(8)
    days: frozenset[int] = frozenset({6})


@dataclass(frozen=True)
class Emergency:
    """Who helps at once, day and night; `names` by language."""

    number: str
    names: dict[str, str]


@dataclass(frozen=True)
class Care:
    """What somebody is promised who says that something is wrong. `answer_days`: working days."""

    answer_days: int = 2
    emergency: tuple[Emergency, ...] = ()


@dataclass(frozen=True)
class Programme:
    """A version of the template. `id` is its row, 0 before it is stored; `notice` by language.

    `pulse_weeks`: after which weeks of its phase a tandem is asked how it goes. `unasked_a_week`:
    messages that a person gets unasked in seven days, at most. `monday`: when the coordination
    gets its card, local wall time.
    """

    id: int
    name: str
    length_days: int
    durations: tuple[int, ...]
    duration: int
    undo_hours: int
    notice_version: int
    notice: dict[str, str]
    topics: tuple[Topic, ...]
    ladder: Rungs
    anchors: Anchors
    pulse_weeks: tuple[int, ...]
    rest: Rest
    unasked_a_week: int
    care: Care
    monday: time
    text: str

    def topic(self, key: str, language: str) -> str:
        """The topic's name; its key if a later version has dropped it."""
        return next((t.names[language] for t in self.topics if t.key == key), key)


@dataclass(frozen=True)
class Templates:
    """The template that new tandems get, and the versions that running ones began with."""

    current: Programme
    versions: Mapping[int, Programme] = field(default_factory=dict)

    def of(self, template_id: int) -> Programme:
        """That version; the current one for a version that this program cannot read any more."""
        return self.versions.get(template_id, self.current)
