"""A marked text written as HTML again, for the page: Telegram's tags and nothing else."""

import html

from sandbox.text import Entity, Formatted

TAGS = {
    "bold": "b",
    "italic": "i",
    "strikethrough": "s",
    "underline": "u",
    "spoiler": "tg-spoiler",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
SHOWN = TAGS.keys() | {"text_link", "url"}


def render(formatted: Formatted) -> str:
    """Telegram HTML of a text: nothing but Telegram's tags, everything else escaped."""
    data = formatted.text.encode("utf-16-le")
    pieces, stack, at = list[str](), list[Entity](), 0
    shown = [entity for entity in formatted.entities if entity.type in SHOWN]
    for entity in [*shown, None]:
        while stack and (entity is None or stack[-1].end <= entity.offset):
            pieces += [_piece(data, at, stack[-1].end), _close(stack[-1])]
            at = max(at, stack.pop().end)
        if entity is not None and (not stack or entity.end <= stack[-1].end):
            pieces += [_piece(data, at, entity.offset), _begin(entity, data)]
            at = entity.offset
            stack.append(entity)
    return "".join([*pieces, _piece(data, at, len(data) // 2)])


def _piece(data: bytes, start: int, end: int) -> str:
    return html.escape(data[start * 2 : max(end, start) * 2].decode("utf-16-le", "replace"))


def _begin(entity: Entity, data: bytes) -> str:
    match entity.type:
        case "text_link":
            return f'<a href="{html.escape(entity.url or "")}">'
        case "url":
            return f'<a href="{_piece(data, entity.offset, entity.end)}">'
        case _:
            return f"<{TAGS[entity.type]}>"


def _close(entity: Entity) -> str:
    return f"</{TAGS.get(entity.type, 'a')}>"
