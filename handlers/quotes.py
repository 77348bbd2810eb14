"""What somebody wrote, quoted above what is said to it."""

from html import escape

from locales import Html
from mentoring.texts import shorten

LIMIT = 300
"""UTF-16 units: enough to know it again."""


def quoted(text: str) -> Html:
    short = shorten(text, limit=LIMIT)
    more = "" if len(short) == len(" ".join(text.split())) else "…"
    return Html(f"<blockquote>{escape(short)}{more}</blockquote>")
