"""A time of day, and a length, as people type them."""

import re
from datetime import time

_HOURS = r"h|std|stunden?|hours?|hrs?|годин[аиу]?|год|ساعات|ساعة|ساعتان"
_MINUTES = r"m|min|mins|minuten?|minutes?|хвилин[аиу]?|хв|دقائق|دقيقة|د"


def typed_time(text: str) -> time | None:
    """17:15, 17.15, 17h15, 17 Uhr 30, 17, 1715 or 5:15 pm; None for anything else."""
    found = re.fullmatch(
        r"\s*(\d{1,2})(?:\s*(?:[:.hч٫]|uhr)?\s*(\d{2}))?\s*(?:uhr|h|([ap])\.?m\.?)?\s*",
        text.lower(),
    )
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def typed_length(text: str) -> int | None:
    """Minutes: 75, "75 min", 1:15, "1,5 h" or "1 h 15"; None for anything else.

    At least five minutes, at most ten hours.
    """
    words = text.strip().lower().rstrip(".")
    if found := re.fullmatch(rf"(\d{{1,3}})\s*(?:{_MINUTES})?", words):
        minutes = int(found[1])
    elif found := re.fullmatch(r"(\d{1,2}):(\d{2})(?:\s*h)?", words):
        minutes = int(found[1]) * 60 + int(found[2])
    elif found := re.fullmatch(rf"(\d{{1,2}})[.,](\d{{1,2}})\s*(?:{_HOURS})", words):
        minutes = round(float(f"{found[1]}.{found[2]}") * 60)
    elif found := re.fullmatch(
        rf"(\d{{1,2}})\s*(?:{_HOURS})\.?\s*(?:(\d{{1,2}})\s*(?:{_MINUTES})?)?", words
    ):
        minutes = int(found[1]) * 60 + int(found[2] or 0)
    else:
        return None
    return minutes if 5 <= minutes <= 600 else None
