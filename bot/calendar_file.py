"""Calendar files, written when they leave; their library is imported when first used."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mentoring.dates import State

_STATUS = {State.AGREED: "CONFIRMED", State.CANCELLED: "CANCELLED"}
PRODUCT = "-//Mentoring-Partnerschaft//Tandem//EN"
ORGANIZER = "invalid:nomail"
"""RFC 5546 wants one in what is published; a chat has no address of mail."""


async def calendar_file(entry: Mapping[str, Any]) -> bytes:
    """An entry of handlers.date_text.calendar_entry as an ICS file: UTC, so every calendar agrees.

    A calendar that knows the `uid` takes what has a higher `sequence` in its place.
    """
    return await asyncio.to_thread(_write, entry)


def _write(entry: Mapping[str, Any]) -> bytes:
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"{entry['uid']}@tandem")
    event.add("sequence", entry["sequence"])
    event.add("status", _STATUS[State(entry["state"])])
    for name, key in (("dtstamp", "now"), ("dtstart", "start"), ("dtend", "end")):
        event.add(name, datetime.fromtimestamp(entry[key], UTC))
    event.add("summary", entry["title"])
    event.add("organizer", ORGANIZER)
    if entry["place"]:
        event.add("location", entry["place"])
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
