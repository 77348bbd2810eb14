"""Finds what reached a phone and was written past the catalogue: hard-coded words, glued sentences.

Reads the texts of a pseudo-locale. A line is one sentence, with a sign in front of it at most, or a
value alone; a value is something that a person typed, a name, what the locale wrote (a day, a
duration), a link, another sentence, or a list of these.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from handlers.buttons import TICK
from locales import NATIVE_NAMES
from locales.direction import FSI, LRM, PDI, RLM, first_strong
from locales.sentence import TAG
from tests.dialogues.people import Programme
from tests.dialogues.pseudo import CLOSE, END_OF_VALUE, OPEN, VALUE, PseudoSpeech

BESIDE_A_SENTENCE = {"", " · Language"}
"""What may follow a sentence: who chose a wrong language finds back by the English word."""

_MARKS = dict.fromkeys(map(ord, FSI + PDI + LRM + RLM))
_BRACKETS = re.compile(rf"[{OPEN}{CLOSE}{VALUE}{END_OF_VALUE}]")
_ENDS = {OPEN: CLOSE, VALUE: END_OF_VALUE}
_BETWEEN = {", ", " and ", ", and "}
_COMMAND = re.compile(r"/[a-z]+\b")
_LINK = re.compile(r"https://t\.me/\S+")
# A chat that has changed to another language is left out.
_CHANGE = re.compile(r"(speak|read:.*):(?!en$)\w+")
_REFERENCE = re.compile(r"[0-9a-f]{8}")

Part = str | tuple[str, "list[Part]"]
"""Text, or an opening bracket and what it holds."""


async def strays_in(programme: Programme, english: PseudoSpeech) -> list[str]:
    """What is wrong with all that reached those who read English, in a pseudo-locale."""
    people = await programme.rows("select chat_id, language, name from person")
    messages = [m for update in programme.updates if (m := _message_in(update))]
    spoken = {m["chat"]["id"]: m["from"].get("language_code", "") for m in messages}
    spoken |= {chat_id: language for chat_id, language, _ in people}
    spoken |= {m["chat"]["id"]: "" for m in messages if _CHANGE.fullmatch(m["tapped"])}
    known = {name for *_, name in people} | english.written | {*NATIVE_NAMES.values()}
    known |= {m.get("text", "") for m in messages} | {m["from"]["first_name"] for m in messages}
    words = {" ".join(value.translate(_MARKS).split()) for value in known}
    return [
        stray
        for name, given in programme.wire.calls
        if spoken.get(_chat_of(given), "").startswith("en")
        for stray in strays_of(name, given, words, rtl=english.right_to_left)
    ]


def _message_in(update: dict[str, Any]) -> dict[str, Any] | None:
    if tap := update.get("callback_query"):
        return {"chat": tap["message"]["chat"], "from": tap["from"], "tapped": tap["data"]}
    message = update.get("message") or update.get("edited_message")
    return {"tapped": "", **message} if message else None


def _chat_of(given: dict[str, Any]) -> int:
    chat_id: int = given.get("chat_id") or (given.get("scope") or {}).get("chat_id", 0)
    return chat_id


def strays_of(name: str, given: dict[str, Any], known: Collection[str], *, rtl: bool) -> list[str]:
    """What is wrong with a call of the Bot API: its text, its labels, its commands."""
    found = strays(given.get("text") or given.get("caption") or "", known, markup=True, rtl=rtl)
    for field in ("description", "short_description"):
        found += strays(given.get(field, ""), known, rtl=rtl)
    for row in (given.get("reply_markup") or {}).get("inline_keyboard", []):
        for button in row:
            found += strays(button["text"], known, rtl=rtl)
    for command in given.get("commands", ()):
        found += strays(command["description"], known, rtl=rtl)
    return [f"{name}: {stray}" for stray in found]


def strays(
    text: str, known: Collection[str], *, markup: bool = False, rtl: bool = False
) -> list[str]:
    """What is wrong with a text; `known` are the values that it may hold."""
    visible = html.unescape(TAG.sub("", text)) if markup else text
    found = list(_of_lines(_lines(_parts(visible.translate(_MARKS))), known))
    return found + (list(_running_left(visible)) if rtl else [])


def _of_lines(lines: list[list[Part]], known: Collection[str]) -> Iterator[str]:
    for line in lines:
        said = [part for part in line if not isinstance(part, str)]
        if not said:
            yield from _of_value(line, known)
            continue
        before = line[0] if isinstance(line[0], str) else ""
        behind = line[-1] if isinstance(line[-1], str) else ""
        if len(said) > 1:
            yield f"glued: {_shown(line)}"
        elif any(map(str.isalnum, before)) or behind not in BESIDE_A_SENTENCE:
            yield f"not in the catalogue, beside a sentence: {_shown(line)}"
        yield from (stray for part in said for stray in _of_sentence(part[1], known))


def _of_sentence(parts: list[Part], known: Collection[str]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            if re.search("[A-Za-z]", _COMMAND.sub("", part)):
                yield f"not in the catalogue, inside a sentence: {part}"
        elif part[0] == OPEN:
            yield f"glued: {_shown(parts)}"
        else:
            yield from _of_value(part[1], known)


def _of_value(parts: list[Part], known: Collection[str]) -> Iterator[str]:
    match parts:
        case [str(text)]:
            if not _is_known(text, known):
                yield f"not in the catalogue, and no value: {text}"
        case [("⟦", inside)]:
            yield from _of_sentence(inside, known)
        case _:
            between = {part for part in parts if isinstance(part, str)}
            items = [part for part in parts if not isinstance(part, str)]
            if not between <= _BETWEEN or any(bracket == OPEN for bracket, _ in items):
                yield f"glued: {_shown(parts)}"
            for _, inside in items:
                yield from _of_value(inside, known)


def _is_known(text: str, known: Collection[str]) -> bool:
    words = " ".join(text.removeprefix(TICK).split())
    return (
        not any(map(str.isalpha, words))
        or words in known
        or bool(_LINK.fullmatch(words) or _REFERENCE.fullmatch(words))
        or (", " in words and all(part in known for part in words.split(", ")))
    )


def _running_left(visible: str) -> Iterator[str]:
    """A right-to-left sentence whose line would flip, or holds a foreign word unprotected."""
    for line in visible.split("\n"):
        if OPEN not in line:
            continue
        if first_strong(line) == "ltr":
            yield f"begins at the left: {line}"
        # The list's "and" is the locale's, which is English here; Arabic writes its own.
        ours = line.removesuffix(" · Language")
        ours = re.sub(f"{PDI},?( and)? {FSI}", "", ours)
        bare = re.sub(f"{FSI}[^{FSI}{PDI}]*{PDI}", "", ours)
        if any(unicodedata.bidirectional(character) == "L" for character in bare):
            yield f"is not isolated: {line}"


def _parts(text: str) -> list[Part]:
    """The text by its brackets."""
    open_parts: list[tuple[str, list[Part]]] = [("", [])]
    done = 0
    for bracket in _BRACKETS.finditer(text):
        if before := text[done : bracket.start()]:
            open_parts[-1][1].append(before)
        done = bracket.end()
        if bracket[0] in _ENDS:
            open_parts.append((bracket[0], []))
        else:
            closed = open_parts.pop()
            open_parts[-1][1].append(closed)
    if done < len(text):
        open_parts[-1][1].append(text[done:])
    [(_, parts)] = open_parts
    return parts


def _lines(parts: list[Part]) -> list[list[Part]]:
    """The parts line by line; a sentence of several lines is one part and stays whole."""
    lines: list[list[Part]] = [[]]
    for part in parts:
        if not isinstance(part, str):
            lines[-1].append(part)
            continue
        first, *others = part.split("\n")
        lines[-1] += [first] if first else []
        lines += [[other] if other else [] for other in others]
    return [line for line in lines if line]


def _shown(parts: list[Part]) -> str:
    return "".join(
        part if isinstance(part, str) else f"{part[0]}{_shown(part[1])}{_ENDS[part[0]]}"
        for part in parts
    )
