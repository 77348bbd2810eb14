"""Find what is wrong with the words, one defect a line.

In step with the sources, complete, the same placeholders and tags as the English, plural forms by
CLDR, no invisible characters, a polite German.
"""

import os
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from locales.defects import Defect
from locales.extract import (
    ROOT,
    catalogue_path,
    entries,
    forms_of,
    fresh_text,
    header,
    read,
    sources_of,
    template_of,
    template_path,
    template_text,
)
from locales.sentence import PLACEHOLDER, TAG
from locales.sources import Sentence, read_sources, sentences, unspeakable

_FAMILIAR = re.compile(r"\b(du|dich|dir|dein(e[mnrs]?)?|euch|euer|eure[mnrs]?)\b", re.IGNORECASE)
_STRAY = re.compile(r"[{}]")
# What Telegram's HTML knows; it refuses a whole message for any other "<".
_KNOWN_TAG = re.compile(
    r"</?(b|strong|i|em|u|ins|s|strike|del|code|pre|blockquote|tg-spoiler)>"
    r'|<blockquote expandable>|<a href="[^"<>]*">|</a>'
)
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_JOINER = re.compile("(?<=[\u0600-\u06ff])\u200c(?=[\u0600-\u06ff])")


def check(root: Path = ROOT) -> list[Defect]:
    """Every defect of the tree."""
    from locales.speech import LANGUAGES

    sources = read_sources(root)
    said = sentences(sources)
    defects = unspeakable(sources) + list(_template_defects(root, said))
    for language in LANGUAGES:
        defects += check_catalogue(root, language, said)
    return defects


def check_catalogue(root: Path, language: str, said: list[Sentence]) -> list[Defect]:
    """Every defect of one language."""
    path = catalogue_path(root, language)
    file = path.relative_to(root).as_posix()
    if not path.exists():
        return [Defect(file, "", "is missing: run `python -m locales extract`")]
    catalogue = read(root, language)
    found = [*_header_faults(path, language), *_step_faults(root, language, said)]
    for message in entries(catalogue):
        found += [(_name(message), what) for what in message_faults(message, language, catalogue)]
    found += [("", what) for what in msgfmt_faults(path)]
    return [Defect(file, message, what) for message, what in found]


def message_faults(message: Message, language: str, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one message and its translation."""
    forms = forms_of(message)
    if message.fuzzy:
        yield "is fuzzy"
    if not all(forms):
        yield "is not translated"
    if len(sources_of(message)) > 1 and len(forms) != catalogue.num_plurals:
        yield f"has {len(forms)} plural forms, the language {catalogue.num_plurals}"
    for text in dict.fromkeys((*sources_of(message), *forms)):
        yield from text_faults(text)
    for form in filter(None, dict.fromkeys(forms)):
        yield from difference_faults(message, form)
        if language == "de":
            yield from (f"says {word[0]!r}, not Sie" for word in _FAMILIAR.finditer(_words(form)))


def text_faults(text: str) -> Iterator[str]:
    """What no text may hold, in whatever language."""
    for character in invisible(text):
        yield f"holds the invisible character U+{ord(character):04X}"
    if "!!" in text:
        yield "doubles an exclamation mark"
    if _STRAY.search(PLACEHOLDER.sub("", text)):
        yield "holds a brace that is no {placeholder}"
    if "<" in _KNOWN_TAG.sub("", text):
        yield "holds a tag that Telegram does not know"
    elif not _is_nested(TAG.findall(text)):
        yield "closes its tags in the wrong order"


def invisible(text: str) -> list[str]:
    """The characters nobody sees in an editor; Persian keeps the joiner inside its words."""
    visible = _JOINER.sub("", text).replace("\n", "")
    return [c for c in visible if unicodedata.category(c) in _INVISIBLE]


def difference_faults(message: Message, form: str) -> Iterator[str]:
    """Where a translation differs from the English in what people do not read."""
    source = sources_of(message)[-1]
    spare = {"count"} if len(sources_of(message)) > 1 else set()
    wanted, given = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(form))
    if not wanted - spare <= given <= wanted | spare:
        yield f"has the placeholders {sorted(given)}, the English {sorted(wanted)}"
    if Counter(TAG.findall(form)) != Counter(TAG.findall(source)):
        yield f"has the tags {TAG.findall(form)}, the English {TAG.findall(source)}"


def msgfmt_faults(path: Path) -> list[str]:
    """What GNU msgfmt finds; nothing where it is not installed (`has_msgfmt` tells)."""
    if not has_msgfmt():
        return []
    run = subprocess.run(
        ["msgfmt", "--check", "--output-file", os.devnull, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )
    if run.returncode == 0:
        return []
    # It warns of headers that name people and dates: left out on purpose.
    lines = [line for line in run.stderr.splitlines() if "warning:" not in line]
    return [f"msgfmt: {line.replace(str(path), path.name)}" for line in lines]


def has_msgfmt() -> bool:
    return shutil.which("msgfmt") is not None


def _template_defects(root: Path, said: list[Sentence]) -> Iterator[Defect]:
    path = template_path(root)
    if not path.exists() or path.read_text("utf-8") != template_text(said):
        file = path.relative_to(root).as_posix()
        yield Defect(file, "", "is out of step: run `python -m locales extract`")


def _header_faults(path: Path, language: str) -> Iterator[tuple[str, str]]:
    if not path.read_text("utf-8").startswith(header(language)):
        yield "", "has another header than CLDR gives: run `python -m locales extract`"


def _step_faults(root: Path, language: str, said: list[Sentence]) -> Iterator[tuple[str, str]]:
    there, wanted = _keys(read(root, language)), _keys(template_of(said))
    for name in sorted(wanted - there):
        yield name[1], "is missing: run `python -m locales extract`"
    for name in sorted(there - wanted):
        yield name[1], "is said nowhere: run `python -m locales extract`"
    text = catalogue_path(root, language).read_text("utf-8")
    if there == wanted and text != fresh_text(root, language, said):
        yield "", "differs from a fresh extraction: run `python -m locales extract`"


def _keys(catalogue: Catalog) -> set[tuple[str, ...]]:
    return {(message.context or "", *sources_of(message)) for message in entries(catalogue)}


def _name(message: Message) -> str:
    return sources_of(message)[0]


def _words(text: str) -> str:
    return PLACEHOLDER.sub("", TAG.sub("", text))


def _is_nested(tags: list[str]) -> bool:
    open_tags: list[str] = []
    for tag in tags:
        name = tag.strip("</>").split()[0]
        if not tag.startswith("</"):
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return False
    return not open_tags
