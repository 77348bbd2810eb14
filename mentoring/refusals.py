"""What the rules refuse: typed and wordless; the grammar of `handlers` explains each once.

Not frozen: Python writes the traceback into an exception that passes a context manager.
"""

from dataclasses import dataclass
from datetime import date


class Refusal(Exception):
    """A request that the rules do not grant. Nothing has been changed."""


@dataclass(unsafe_hash=True)
class NotYours(Refusal):
    """The thing does not exist, or it is not this person's: one answer for both."""


@dataclass(unsafe_hash=True)
class CodeNotValid(Refusal):
    """Unknown, used, revoked or expired: always the same, so that nobody can probe codes."""


@dataclass(unsafe_hash=True)
class TooManyTries(Refusal):
    """More than the allowed number of codes tried within an hour."""


@dataclass(unsafe_hash=True)
class AlreadyHere(Refusal):
    """The chat belongs to another person of the programme already."""


@dataclass(unsafe_hash=True)
class NotADay(Refusal):
    """The day lies outside the time in which the tandem meets, or in the future."""

    first: date
    last: date


@dataclass(unsafe_hash=True)
class DayTaken(Refusal):
    """A correction would make it a second meeting of a day."""


@dataclass(unsafe_hash=True)
class NotBegun(Refusal):
    """A meeting that is logged as held has to have begun."""


@dataclass(unsafe_hash=True)
class Unchanged(Refusal):
    """A correction that says what was logged already."""


@dataclass(unsafe_hash=True)
class NotAhead(Refusal):
    """The next date has to lie in the future and in the tandem's time; both days are possible."""

    first: date
    last: date


@dataclass(unsafe_hash=True)
class HourPassed(Refusal):
    """The day is right, and the hour of the next date has passed already."""


@dataclass(unsafe_hash=True)
class TooLong(Refusal):
    """A typed text is longer than allowed; `limit` counts UTF-16 units, as Telegram does."""

    limit: int


@dataclass(unsafe_hash=True)
class Empty(Refusal):
    """A typed text has nothing to read in it."""


@dataclass(unsafe_hash=True)
class SameMeeting(Refusal):
    """This tandem already has a meeting on that day; `meeting_id` names it."""

    meeting_id: int


@dataclass(unsafe_hash=True)
class Overtaken(Refusal):
    """What was answered has been replaced since: the newer one is to be shown."""


@dataclass(unsafe_hash=True)
class TooLate(Refusal):
    """The time in which this could be taken back is over; `hours` is its length."""

    hours: int


@dataclass(unsafe_hash=True)
class AlreadyPaired(Refusal):
    """These two are a running tandem already."""


@dataclass(unsafe_hash=True)
class NoTandem(Refusal):
    """The person is in no running tandem."""
