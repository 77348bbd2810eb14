"""Telegram's HTML, parsed with its refusals word for word.

Source: tdlib/td, td/telegram/MessageEntity.cpp, parse_html and decode_html_entity;
core.telegram.org/bots/api#html-style.
"""

import re
from dataclasses import dataclass, field

from sandbox.text import Entity, Formatted, clean, finish, is_encodable, units

TYPES = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
LITERALS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+));?")
SPACE = frozenset(" \t\n\r\v\f\0")
END = "\0"
LINK = re.compile(r"(?:https?|tg|ton)://\S+", re.IGNORECASE)
DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?")
MENTION = re.compile(r"tg://user\?id=(\d+)")


class Unparsable(ValueError):
    """Telegram's reason, without the "can't parse entities: " in front."""


@dataclass(frozen=True)
class _Open:
    tag: str
    argument: str
    offset: int
    place: int


@dataclass
class _Reader:
    source: str
    at: int = 0
    text: str = ""
    offset: int = 0
    entities: list[Entity] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    @property
    def char(self) -> str:
        return self.source[self.at]

    def bytes_before(self, at: int) -> int:
        return len(self.source[:at].encode())

    def write(self, piece: str) -> None:
        piece = clean(piece)
        self.text += piece
        self.offset += units(piece)

    def skip_spaces(self) -> None:
        while self.char in SPACE and self.char != END:
            self.at += 1

    def skip_until(self, stops: str) -> str:
        begin = self.at
        while self.char not in SPACE and self.char not in stops:
            self.at += 1
        return self.source[begin : self.at]


def parse(source: str) -> Formatted:
    """The text and entities of Telegram HTML. Raises Unparsable in Telegram's words."""
    if not is_encodable(source):
        raise Unparsable("Text must be encoded in UTF-8")
    reader = _Reader(source.replace(END, " ") + END)
    while reader.char != END:
        _read(reader)
    if reader.open:
        tag = reader.open[-1].tag
        raise Unparsable(f'Can\'t find end tag corresponding to start tag "{tag}"')
    if not is_encodable(reader.text):
        raise Unparsable(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    reader.entities.sort(key=lambda entity: (entity.offset, -entity.length))
    return finish(Formatted(reader.text, tuple(reader.entities)))


def _read(reader: _Reader) -> None:
    if reader.char == "&":
        reader.write(_reference(reader))
    elif reader.char != "<":
        end = re.compile(f"[<&{END}]").search(reader.source, reader.at)
        stop = end.start() if end else len(reader.source) - 1
        reader.write(reader.source[reader.at : stop])
        reader.at = stop
    elif reader.source[reader.at + 1] == "/":
        _end_tag(reader)
    else:
        _start_tag(reader)


def _reference(reader: _Reader) -> str:
    """The character that stands at `&`, or the `&` itself where nothing is named."""
    match = REFERENCE.match(reader.source, reader.at)
    found = _named(match) if match else None
    if match is None or found is None:
        reader.at += 1
        return "&"
    reader.at = match.end()
    return found


def _named(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, literal = match.groups()
    if literal is not None:
        return LITERALS.get(literal)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    too_long = len(match.group().rstrip(";")) >= 10
    return None if code == 0 or code >= 0x10FFFF or too_long else chr(code)


def _start_tag(reader: _Reader) -> None:
    begin = reader.at
    where = f"at byte offset {reader.bytes_before(begin)}"
    reader.at += 1
    tag = reader.skip_until(">").lower()
    if reader.char == END:
        raise Unparsable(f"Unclosed start tag {where}")
    if tag not in TYPES:
        raise Unparsable(f'Unsupported start tag "{tag}" {where}')
    argument = ""
    while True:
        reader.skip_spaces()
        if reader.char == ">":
            break
        name, value = _attribute(reader, tag, where)
        argument = _argument(tag, name, value) or argument
    if tag == "span" and argument != "spoiler":
        raise Unparsable(f'Tag "span" must have class "tg-spoiler" {where}')
    reader.at += 1
    reader.open.append(_Open(tag, argument, reader.offset, len(reader.text)))


def _attribute(reader: _Reader, tag: str, where: str) -> tuple[str, str]:
    name = reader.skip_until("=>")
    if not name:
        if reader.char == END:
            raise Unparsable(f"Unclosed start tag {where}")
        raise Unparsable(f'Empty attribute name in the tag "{tag}" {where}')
    reader.skip_spaces()
    if reader.char != "=":
        if name == "expandable" and tag == "blockquote" and reader.char != END:
            return name, ""
        raise Unparsable(
            f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}'
        )
    reader.at += 1
    reader.skip_spaces()
    if reader.char == END:
        raise Unparsable(f'Unclosed start tag "{tag}" {where}')
    value = _literal(reader) if reader.char in "'\"" else _token(reader)
    if reader.char == END:
        raise Unparsable(f"Unclosed start tag {where}")
    return name, value


def _literal(reader: _Reader) -> str:
    quote, value = reader.char, ""
    reader.at += 1
    while reader.char not in (quote, END):
        if reader.char == "&":
            value += _reference(reader)
        else:
            value += reader.char
            reader.at += 1
    reader.at += reader.char == quote
    return value


def _token(reader: _Reader) -> str:
    begin = reader.at
    while reader.char.isascii() and (reader.char.isalnum() or reader.char in ".-"):
        reader.at += 1
    if reader.char not in SPACE and reader.char != ">":
        offset = reader.bytes_before(begin)
        raise Unparsable(f"Unexpected end of name token at byte offset {offset}")
    return reader.source[begin : reader.at].lower()


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case ("span", "class") if value.startswith("tg-"):
            return value.removeprefix("tg-")
    return ""


def _end_tag(reader: _Reader) -> None:
    where = f"at byte offset {reader.bytes_before(reader.at)}"
    if not reader.open:
        raise Unparsable(f"Unexpected end tag {where}")
    reader.at += 2
    found = reader.skip_until(">").lower()
    reader.skip_spaces()
    if reader.char != ">":
        raise Unparsable(f"Unclosed end tag {where}")
    tag = reader.open[-1].tag
    if found and found != tag:
        raise Unparsable(f'Unmatched end tag {where}, expected "</{tag}>", found "</{found}>"')
    reader.at += 1
    opened = reader.open.pop()
    if reader.offset > opened.offset:
        _mark(reader, opened)


def _mark(reader: _Reader, opened: _Open) -> None:
    kind, url, language, user = TYPES[opened.tag], None, None, None
    if opened.tag == "tg-emoji":
        if not opened.argument.isdigit() or int(opened.argument) == 0:
            raise Unparsable("Invalid custom emoji identifier specified")
    elif opened.tag == "a":
        target = opened.argument or reader.text[opened.place :]
        if mention := MENTION.fullmatch(target):
            kind, user = "text_mention", int(mention.group(1))
        elif (url := _link(target)) is None:
            return
    elif opened.tag == "code":
        language = opened.argument or None
    elif opened.tag == "pre" and (language := _inner_language(reader, opened)):
        reader.entities.pop()
    reader.entities.append(
        Entity(
            type=kind,
            offset=opened.offset,
            length=reader.offset - opened.offset,
            url=url,
            language=language,
            user_id=user,
        )
    )


def _inner_language(reader: _Reader, opened: _Open) -> str | None:
    """`<pre><code class="language-x">` is one entity with a language."""
    last = reader.entities[-1] if reader.entities else None
    whole = (opened.offset, reader.offset - opened.offset)
    if last is None or last.type != "code" or (last.offset, last.length) != whole:
        return None
    return last.language


def _link(target: str) -> str | None:
    """An address as Telegram keeps it; None where it drops the link and keeps the words."""
    if LINK.fullmatch(target):
        return target if target.count("/") > 2 else f"{target}/"
    if DOMAIN.fullmatch(target):
        return f"http://{target}" if "/" in target else f"http://{target}/"
    return None
