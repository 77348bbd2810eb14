"""The one place where the time of the day is read."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the clock itself


class AheadClock:
    """Called like `now`, and so much ahead of it: the time of the demo."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """The instant that the demo plays, aware, in UTC."""
        return now() + self.ahead
