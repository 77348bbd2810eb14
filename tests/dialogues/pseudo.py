"""Pseudo-locales: every sentence of the catalogue in letters of its own, each value marked.

en_XA is accented, a third longer and in brackets; ar_XB runs from right to left, in Arabic letters
that none of our languages uses. Both are made from the template and stand in for English, so dates
and numbers stay as they are, and a test that presses "Save" can press and read them: `read_back`
turns them into English again.

⟦Ḿḗḗŧīƞɠ ẇīŧħ ⦃Rana Haddad⦄⟧ is one sentence with one value. Whatever reaches a phone and is neither
was written past the catalogue.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from gettext import GNUTranslations
from io import BytesIO

from babel.messages.mofile import write_mo

from locales import Html, Speech
from locales.direction import FSI, PDI, RLM, Direction
from locales.extract import ROOT, entries, sources_of, template_of
from locales.sources import read_sources, sentences

OPEN, CLOSE = "⟦", "⟧"
VALUE, END_OF_VALUE = "⦃", "⦄"
PAD = "⁓"

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZü"
_ACCENTED = "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐṻ"
# Letters of Sindhi, Pashto, Uyghur and others; not those of Arabic and Persian, which a test types.
_ARABIC = "".join(chr(code) for code in range(0x0671, 0x06D4) if chr(code) not in "پچژکگیۀە")[
    : len(_LATIN)
]
_ADDED = OPEN + CLOSE + VALUE + END_OF_VALUE + PAD + FSI + PDI + RLM
_READ_BACK = str.maketrans(_ACCENTED + _ARABIC, _LATIN * 2, _ADDED)

# A value, a tag, a command: not for translation. A value inside <code> keeps its tags close.
_KEPT = re.compile(
    r"(?P<value>(?:<code>)?\{[a-z_][a-z0-9_]*\}(?:</code>)?)|<[^<>]*>"
    r"|(?<![A-Za-z0-9_./<:@])[/@][A-Za-z][A-Za-z0-9_]*"
)
_ENGLISH_NAME = re.compile(r'^en = "([^"\n]+)"$', re.MULTILINE)
_ENGLISH_NOTICE = re.compile(r'^en = """\n(.*?)\n"""$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Pseudo:
    """A pseudo-locale: its name, its letters, how much longer it is, where it begins a line."""

    name: str
    letters: str
    longer: float
    direction: Direction

    def __call__(self, english: str) -> str:
        """The sentence in this pseudo-locale; one that is nothing but values keeps its length."""
        body, done = "", 0
        for kept in _KEPT.finditer(english):
            value = kept["value"]
            marked = f"{VALUE}{value}{END_OF_VALUE}" if value else kept[0]
            body, done = body + self._said(english[done : kept.start()]) + marked, kept.end()
        body += self._said(english[done:])
        letters = sum(map(str.isalpha, _KEPT.sub("", english)))
        return f"{OPEN}{body}{PAD * math.ceil(letters * self.longer)}{CLOSE}"

    def _said(self, text: str) -> str:
        return text.translate(str.maketrans(_LATIN, self.letters))

    def template(self, toml: str) -> str:
        """The programme template, its English notice and topics translated."""
        toml = _ENGLISH_NAME.sub(lambda found: f'en = "{self(found[1])}"', toml)
        return _ENGLISH_NOTICE.sub(lambda found: f'en = """\n{self(found[1])}\n"""', toml)


EN_XA = Pseudo("en_XA", _ACCENTED, 1 / 3, "ltr")
AR_XB = Pseudo("ar_XB", _ARABIC, 0, "rtl")


@cache
def catalogue(pseudo: Pseudo) -> GNUTranslations:
    """Every sentence of the sources, translated."""
    template = template_of(sentences(read_sources(ROOT)))
    for message in entries(template):
        forms = tuple(map(pseudo, sources_of(message)))
        message.string = forms if len(forms) > 1 else forms[0]
    binary = BytesIO()
    write_mo(binary, template)
    binary.seek(0)
    return GNUTranslations(binary)


class PseudoSpeech(Speech):
    """A pseudo-locale's Speech in the place of English; remembers what the locale wrote."""

    def __init__(self, pseudo: Pseudo) -> None:
        super().__init__("en", catalogue(pseudo), direction=pseudo.direction)
        self.pseudo = pseudo
        self.written: set[str] = set()

    def all_of(self, items: Iterable[str]) -> Html:
        return super().all_of(map(_marked, items))

    def day(self, day: date) -> str:
        return self._written(super().day(day))

    def full_day(self, day: date, *, today: date | None = None) -> str:
        return self._written(super().full_day(day, today=today))

    def month(self, day: date) -> str:
        return self._written(super().month(day))

    def month_alone(self, day: date) -> str:
        return self._written(super().month_alone(day))

    def weekdays(self) -> list[str]:
        return [self._written(name) for name in super().weekdays()]

    def hours(self, minutes: int) -> str:
        return self._written(super().hours(minutes))

    def minutes(self, minutes: int) -> str:
        return self._written(super().minutes(minutes))

    def time(self, moment: time) -> str:
        return self._written(super().time(moment))

    def _written(self, text: str) -> str:
        self.written.add(text)
        return text


def read_back(text: str) -> str:
    """The English of a pseudo-locale's text; any other text as it is."""
    return text.translate(_READ_BACK) if OPEN in text else text


def is_mirrored(text: str) -> bool:
    """Is it a sentence of the pseudo-locale that runs from right to left?"""
    return OPEN in text and any(letter in text for letter in _ARABIC)


def _marked(item: str) -> str:
    marked = f"{VALUE}{item}{END_OF_VALUE}"
    return Html(marked) if isinstance(item, Html) else marked
