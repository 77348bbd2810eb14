"""The plural forms of each language, in CLDR's order: zero, one, two, few, many, other.

Written out, because neither of Babel's two sources serves: its table for catalogues puts Arabic's
"other" before "many", where translators and their tools expect them the other way round, and what
it derives from CLDR has forms that no whole number takes (and for French no C expression). A house
test compares these with CLDR's own rules.
"""

from babel import Locale

FORMS = {
    "de": "nplurals=2; plural=(n != 1);",
    "en": "nplurals=2; plural=(n != 1);",
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    ),
    "uk": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
        "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
    ),
}

_ORDER = ("zero", "one", "two", "few", "many", "other")


def cldr_forms(language: str, numbers: range) -> list[int]:
    """Which form each number takes by CLDR, counting only the forms that some number takes."""
    rule = Locale.parse(language).plural_form
    taken = [rule(number) for number in numbers]
    order = [form for form in _ORDER if form in taken]
    return [order.index(form) for form in taken]
