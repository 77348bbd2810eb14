"""Speech: one language, its catalogue and its habits (dates, numbers, lists, direction)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time
from gettext import NullTranslations
from typing import Literal

from babel import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    get_date_format,
    get_day_names,
    get_month_names,
)
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from locales.catalogues import load
from locales.direction import Direction, aligned
from locales.sentence import Html, Isolated, fill, fill_plain, fragment, isolate

LANGUAGES: tuple[str, ...] = ("de", "en", "ar", "uk")
NATIVE_NAMES: dict[str, str] = {
    "de": "Deutsch",
    "en": "English",
    "ar": "العربية",
    "uk": "Українська",
}

# Western digits in every language, Arabic too: the dates, rooms and telephone numbers of Munich
# are written so, and Babel writes them so in dates whatever the locale's own digits are.
_DIGITS = "latn"

NO_BREAK = "\u00a0"

_Width = Literal["narrow", "short", "abbreviated"]
_WIDTHS: tuple[_Width, ...] = ("narrow", "short", "abbreviated")
_NAMES: tuple[tuple[Literal["abbreviated", "wide"], Literal["format", "stand-alone"]], ...] = (
    ("wide", "format"),
    ("wide", "stand-alone"),
    ("abbreviated", "format"),
    ("abbreviated", "stand-alone"),
)
"""How a day or month is called when it is typed."""


def N_(message: str, /, context: str | None = None) -> str:
    """Mark a literal for the catalogues that is said later: `TITLES = {Kind.JOB: N_("Job")}`.

    With `context` for `label` and `term`, whose context it must equal.
    """
    del context  # read from the source by the extraction
    return message


class Speech:
    """Says sentences in one language. Not for people's own text: that is a value."""

    language: str
    right_to_left: bool

    def __init__(
        self,
        language: str,
        translations: NullTranslations | None = None,
        *,
        direction: Direction | None = None,
    ) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no catalogue for {language!r}")
        self.language = language
        self._locale = Locale.parse(language)
        own: Direction = "rtl" if self._locale.text_direction == "rtl" else "ltr"
        self._direction = direction or own
        self.right_to_left = self._direction == "rtl"
        self._translations = load(language) if translations is None else translations

    def __call__(self, message: str, /, **values: object) -> Html:
        """A sentence, as HTML. Raises WrongValues if a value is missing or surplus."""
        # gettext answers the empty message with the header of the catalogue.
        translated = self._translations.gettext(message) if message else ""
        return fill(translated, values, self._direction)

    def plural(self, one: str, many: str, /, *, count: int, **values: object) -> Html:
        """A sentence that follows a number, as HTML; a form may leave `{count}` out ("ساعتان")."""
        translated = self._translations.ngettext(one, many, count)
        if "{count}" in translated:
            values["count"] = self.number(count)
        return fill(translated, values, self._direction)

    def label(self, context: str, message: str, /, **values: object) -> str:
        """Words on a button: plain text, no markup."""
        translated = self._translations.pgettext(context, message)
        return fill_plain(translated, values, self._direction)

    def term(self, context: str, message: str, /, **values: object) -> Html:
        """A word or sentence that needs its context to be translated, as HTML."""
        translated = self._translations.pgettext(context, message)
        return fill(translated, values, self._direction)

    def lines(self, *parts: str | None) -> Html:
        """A card of several sentences, one under the other; "" is an empty line, None nothing.

        A part that is not Html (people's own text, a link) is escaped like any value; our own
        markup round a sentence is `Html(f"<b>{heading}</b>")`.
        """
        card = "\n".join(fragment(part, self._direction) for part in parts if part is not None)
        return Html(aligned(card, self._direction, markup=True))

    def all_of(self, items: Iterable[str]) -> Html:
        """ "Olena, Paola and Ali"; items are escaped unless they are Html.

        Each item has its own isolate, so a sentence puts none round the list.
        """
        parts = [isolate(item, self._direction) for item in items]
        return Isolated(format_list(parts, locale=self._locale))

    def day(self, day: date) -> str:
        """ "Mon, Mar 9": for lists and buttons."""
        return format_skeleton("MMMEd", day, locale=self._locale)

    def full_day(self, day: date, *, today: date | None = None) -> str:
        """ "Monday, March 9, 2026"; in the year of `today` "Monday, Mar 9": a phone's width."""
        if today is not None and day.year == today.year:
            pattern = self._locale.datetime_skeletons["MMMEd"].pattern
            return format_date(day, re.sub("[Ec]+", "EEEE", pattern), locale=self._locale)
        return format_date(day, "full", locale=self._locale)

    def month(self, day: date) -> str:
        """ "March 2026"."""
        return format_skeleton("yMMMM", day, locale=self._locale)

    def month_alone(self, day: date) -> str:
        """ "March": where the year goes without saying."""
        return format_date(day, "LLLL", locale=self._locale)

    def weekdays(self) -> list[str]:
        """Seven names for the head of a calendar, Monday first.

        The shortest of CLDR's widths in which no two are alike: "M T W T" helps nobody.
        """
        distinct = [names for names in map(self._week, _WIDTHS) if len(set(names)) == 7]
        return min(distinct, key=lambda names: len("".join(names)))

    def weekday_named(self, name: str) -> int | None:
        """The day of the week (Monday is 0) that is called or shortened so, in small letters."""
        return _named(name, [get_day_names(width, use, self._locale) for width, use in _NAMES])

    def month_named(self, name: str) -> int | None:
        """The month (January is 1) that is called or shortened so, in small letters."""
        return _named(name, [get_month_names(width, use, self._locale) for width, use in _NAMES])

    @property
    def month_first(self) -> bool:
        """Whether 12/1 is the first of December."""
        pattern = get_date_format("short", self._locale).pattern
        return pattern.index("M") < pattern.index("d")

    def time(self, moment: time) -> str:
        """ "17:00": the local wall time given, on 24 hours."""
        return format_skeleton("Hm", moment.replace(tzinfo=None), locale=self._locale)

    def number(self, value: int | float) -> str:
        """ "1,234.5" """
        return format_decimal(value, locale=self._locale, numbering_system=_DIGITS)

    def hours(self, minutes: int) -> str:
        """ "9 hours", "1.5 hours": minutes as hours, to the hundredth."""
        whole, rest = divmod(minutes, 60)
        hours = round(minutes / 60, 2) if rest else whole
        return self._unit(hours, "duration-hour", "long")

    def minutes(self, minutes: int) -> str:
        """ "60 min": for chips."""
        return self._unit(minutes, "duration-minute", "short")

    def _week(self, width: _Width) -> list[str]:
        names = get_day_names(width, "stand-alone", self._locale)
        return [names[day] for day in range(7)]

    def _unit(self, value: int | float, unit: str, length: Literal["short", "long"]) -> str:
        said = format_unit(
            value, unit, length, "#,##0.##", locale=self._locale, numbering_system=_DIGITS
        )
        # A line that breaks between a number and its unit is read twice.
        return said.replace(" ", NO_BREAK)


def _named(name: str, widths: Iterable[Mapping[int, str]]) -> int | None:
    for names in widths:
        for number, own in names.items():
            if own.lower().rstrip(".") == name.rstrip("."):
                return number
    return None


_made: dict[str, Speech] = {}


def speech(language: str) -> Speech:
    """The Speech of a language, made once. Raises ValueError for one that we do not speak."""
    if language not in _made:
        _made[language] = Speech(language)
    return _made[language]


@contextmanager
def standing_in(other: Speech) -> Iterator[None]:
    """Meanwhile `other` is what its language speaks: so the tests install a pseudo-locale."""
    own = speech(other.language)
    _made[other.language] = other
    try:
        yield
    finally:
        _made[other.language] = own


def language_for(stored: str | None, telegram_code: str | None, default: str) -> str:
    """The reader's language: the stored choice, else Telegram's ("de-AT"), else the default."""
    alias = (telegram_code or "").replace("_", "-").partition("-")[0].lower()
    return next((code for code in (stored, alias) if code in LANGUAGES), default)
