"""A time of day as people type it."""

import re
from datetime import time


def typed_time(text: str) -> time | None:
    """17:15, 17.15, 17h15, 17 or 1715; None for anything else."""
    found = re.fullmatch(r"\s*(\d{1,2})(?:\s*[:.hч٫]?\s*(\d{2}))?\s*(?:uhr)?\s*", text.lower())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
