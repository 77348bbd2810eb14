"""What a phone 390 pixels wide shows of a label: measured at every keyboard that a test shows."""

import unicodedata

from tests.dialogues.telegram_wire import TelegramWire

FITS = {1: 34, 2: 17, 3: 10, 4: 7, 5: 5, 6: 4, 7: 4}
"""Letters of a label by the buttons in its row; measured at pictures, written down by hand."""


def cut_off(wire: TelegramWire) -> set[tuple[str, int]]:
    """The labels that are too long for their share of a row, and how many stand in that row."""
    keyboards = [given.get("reply_markup") or {} for _, given in wire.calls]
    rows = [row for keyboard in keyboards for row in keyboard.get("inline_keyboard", [])]
    return {
        (button["text"], len(row))
        for row in rows
        for button in row
        if letters(button["text"]) > FITS[len(row)]
    }


def letters(label: str) -> int:
    """Average letters: an emoji counts as two, marks count nothing."""
    shown = [c for c in label if unicodedata.category(c) not in ("Mn", "Me", "Cf")]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)
