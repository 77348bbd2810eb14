"""A time of day, and a length, as people type them."""

import re
from datetime import time


def typed_time(text: str) -> time | None:
    """17:15, 17.15, 17h15, 17, 1715 or 5:15 pm; None for anything else."""
    found = re.fullmatch(
        r"\s*(\d{1,2})(?:\s*[:.hч٫]?\s*(\d{2}))?\s*(?:uhr|([ap])\.?m\.?)?\s*", text.lower()
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
    """Minutes: 75, "75 min" or 1:15; None for anything else, and beyond ten hours."""
    found = re.fullmatch(r"\s*(?:(\d{1,2})\s*[:.h]\s*)?(\d{1,3})\s*\D{0,8}", text.lower())
    if found is None:
        return None
    minutes = int(found[1] or 0) * 60 + int(found[2])
    return minutes if 5 <= minutes <= 600 else None
