"""The main menu and the buttons that lead on from anywhere: they belong to no conversation."""

from dataclasses import dataclass

from handlers.buttons import Button, Keyboard, Tap
from locales import Html, Speech
from mentoring.people import Person, Role


@dataclass(frozen=True)
class ToMenu(Tap, tag="menu"):
    """Shows the main menu."""


@dataclass(frozen=True)
class ToMeeting(Tap, tag="meet"):
    """Begins to log a meeting; `tandem_id` 0 asks which one where there are several."""

    tandem_id: int


@dataclass(frozen=True)
class ToTandem(Tap, tag="tandem"):
    """Shows the person's own tandems."""


@dataclass(frozen=True)
class ToOneTandem(Tap, tag="tandem1"):
    """Shows this one of the person's tandems."""

    tandem_id: int


@dataclass(frozen=True)
class ToLanguage(Tap, tag="lang"):
    """Offers the languages."""


@dataclass(frozen=True)
class ToInvite(Tap, tag="invite"):
    """A coordinator invites somebody."""


@dataclass(frozen=True)
class ToPair(Tap, tag="pair"):
    """A coordinator makes a tandem: a page of mentees."""

    page: int


@dataclass(frozen=True)
class ToTandems(Tap, tag="tandems"):
    """A coordinator's list of tandems: a page."""

    page: int


@dataclass(frozen=True)
class ToCorrection(Tap, tag="fix"):
    """Opens a partner's meeting to say how it was."""

    meeting_id: int


@dataclass(frozen=True)
class WeMet(Tap, tag="m.held"):
    """The other side said that it was moved or did not take place; a card to say that it did."""

    meeting_id: int


@dataclass(frozen=True)
class ToTeam(Tap, tag="team"):
    """A message to the coordination team, please."""


def to_menu(t: Speech) -> Button:
    """The way back that stands under almost everything."""
    return Button(t.label("button", "Menu"), ToMenu())


def menu_text(t: Speech) -> Html:
    return t("What would you like to do?")


def menu_of(t: Speech, person: Person) -> Keyboard:
    """The main menu of somebody's roles."""
    rows: list[list[Button]] = []
    if person.takes_part:
        rows.append([Button("✏️ " + t.label("button", "Log a meeting"), ToMeeting(0))])
        rows.append([Button(t.label("button", "My tandem"), ToTandem())])
        rows.append([Button(t.label("button", "Write to the coordination team"), ToTeam())])
    if person.is_(Role.COORDINATOR):
        rows.append([Button(t.label("button", "Invite somebody"), ToInvite())])
        rows.append(
            [
                Button(t.label("button", "New tandem"), ToPair(0)),
                Button(t.label("button", "Tandems"), ToTandems(0)),
            ]
        )
    # Always together with the English word: who chose wrongly must find back.
    rows.append(
        [Button("🌐 " + t.label("button", "Change language") + " · Language", ToLanguage())]
    )
    return rows
