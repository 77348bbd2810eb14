"""Notes and promises in words, and the buttons that ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.buttons import Button, Tap
from locales import Html, Speech
from mentoring.notes import Note, Sight


@dataclass(frozen=True)
class WriteNote(Tap, tag="n.me"):
    """A note on this meeting that only its writer sees."""

    meeting_id: int


@dataclass(frozen=True)
class WritePromise(Tap, tag="n.both"):
    """A promise until next time, for both."""

    meeting_id: int


def note_buttons(t: Speech, meeting_id: int) -> list[Button]:
    return [
        Button("📝 " + t.label("button", "Note for me"), WriteNote(meeting_id)),
        Button("🤝 " + t.label("button", "Promise"), WritePromise(meeting_id)),
    ]


def agenda_lines(t: Speech, notes: Sequence[Note], *, reader: int) -> list[Html]:
    """What was promised, by whom, and the reader's own note."""
    lines = []
    for note in notes:
        if note.sight is Sight.ME:
            lines.append(t("📝 Your note: {text}", text=note.text))
        elif note.person_id == reader:
            lines.append(t("🤝 You promised: {text}", text=note.text))
        else:
            lines.append(t("🤝 Promised by {name}: {text}", name=note.name, text=note.text))
    return lines
