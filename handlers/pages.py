"""Anything that lists names is paged: one message holds eight."""

from collections.abc import Callable

from handlers.buttons import Button, Tap
from locales import Speech

SIZE = 8
"""Rows of a page: they fit on a small phone without scrolling."""


def pager(t: Speech, page: int, total: int, turn: Callable[[int], Tap]) -> list[Button]:
    """The buttons to the neighbouring pages, where there are any."""
    buttons = []
    if page > 0:
        buttons.append(Button(t.label("button", "Previous page"), turn(page - 1)))
    if (page + 1) * SIZE < total:
        buttons.append(Button(t.label("button", "Next page"), turn(page + 1)))
    return buttons
