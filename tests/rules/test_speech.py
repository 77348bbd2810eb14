"""What a Speech says: sentences, numbers, days, and whose language it is."""

from datetime import date, time
from gettext import NullTranslations

import pytest

from locales import LANGUAGES, N_, NATIVE_NAMES, Html, Speech, WrongValues, language_for, speech
from locales.catalogues import compiled
from locales.extract import header

IN_GERMAN = r"""
msgid "Saved: {day}, “{topic}”."
msgstr "Gespeichert: {day}, „{topic}“."

msgctxt "rsvp"
msgid "No"
msgstr "Ich komme nicht"

msgctxt "application"
msgid "No"
msgstr "<i>Absage</i>"

msgid "{count} meeting with {name}"
msgid_plural "{count} meetings with {name}"
msgstr[0] "Ein Treffen mit {name}"
msgstr[1] "{count} Treffen mit {name}"

#, fuzzy
msgid "Fuzzy"
msgstr "Unscharf"

msgid "Empty"
msgstr ""
"""
IN_ARABIC = r"""
msgid "{count} meeting"
msgid_plural "{count} meetings"
msgstr[0] "لا لقاءات"
msgstr[1] "لقاء واحد"
msgstr[2] "لقاءان"
msgstr[3] "{count} لقاءات"
msgstr[4] "{count} لقاءً"
msgstr[5] "{count} لقاء"
"""
IN_UKRAINIAN = r"""
msgid "{count} meeting"
msgid_plural "{count} meetings"
msgstr[0] "{count} зустріч"
msgstr[1] "{count} зустрічі"
msgstr[2] "{count} зустрічей"
"""


def catalogue(language: str, entries: str) -> Speech:
    return Speech(language, compiled((header(language) + entries).encode(), language))


DE = catalogue("de", IN_GERMAN)
AR = catalogue("ar", IN_ARABIC)
UK = catalogue("uk", IN_UKRAINIAN)
EN = Speech("en", NullTranslations())
ALL = (DE, EN, AR, UK)
MONDAY = date(2026, 3, 9)


def test_a_sentence_is_translated_and_filled() -> None:
    said = DE("Saved: {day}, “{topic}”.", day="Mo., 9. März", topic="Lebenslauf")
    assert said == "Gespeichert: Mo., 9. März, „Lebenslauf“."
    assert type(said) is Html


def test_what_is_not_translated_yet_stays_english() -> None:
    assert [DE("New"), DE("Fuzzy"), DE("Empty")] == ["New", "Fuzzy", "Empty"]


def test_the_empty_sentence_does_not_say_the_header() -> None:
    assert DE("") == ""


def test_peoples_text_is_escaped_and_html_is_not() -> None:
    said = EN("{text} {bold}", text="<b>R&D</b>", bold=Html("<b>x</b>"))
    assert said == "&lt;b&gt;R&amp;D&lt;/b&gt; <b>x</b>"


def test_braces_in_a_value_stay_what_they_are() -> None:
    assert EN("{text} {name}", text="{name} {0} {text.x}", name="Olena") == (
        "{name} {0} {text.x} Olena"
    )


def test_a_missing_or_surplus_value_is_an_error_that_names_no_value() -> None:
    with pytest.raises(WrongValues) as missing:
        EN("Saved: {day}.", topic="secret")
    assert str(missing.value) == "'Saved: {day}.': missing ['day'], surplus ['topic']"


@pytest.mark.parametrize("value", [None, MONDAY, 1.5, time(9)])
def test_a_value_that_the_locale_has_to_write_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        EN("{value}", value=value)


def test_values_may_be_called_like_the_parameters() -> None:
    assert EN("{message} {self} {context}", message="a", self="b", context="c") == "a b c"


def test_a_homonym_follows_its_context() -> None:
    assert DE.label("rsvp", "No") == "Ich komme nicht"
    assert DE.term("application", "No") == Html("<i>Absage</i>")
    assert type(DE.term("application", "No")) is Html


def test_a_button_is_plain_text_even_if_html_is_put_in() -> None:
    assert EN.label("button", "{a} & {b}", a="R&D", b=Html("<b>Q&amp;A</b>")) == "R&D & Q&A"


def test_a_plural_follows_the_number_and_may_leave_it_out() -> None:
    one, many = "{count} meeting with {name}", "{count} meetings with {name}"
    assert DE.plural(one, many, count=1, name="A&B") == "Ein Treffen mit A&amp;B"
    assert DE.plural(one, many, count=1200, name="Ali") == "1.200 Treffen mit Ali"


def test_arabic_has_six_plural_forms() -> None:
    said = [
        AR.plural("{count} meeting", "{count} meetings", count=n) for n in (0, 1, 2, 3, 11, 100)
    ]
    assert said == [
        "لا لقاءات",
        "لقاء واحد",
        "لقاءان",
        "\u20683\u2069 لقاءات",
        "\u206811\u2069 لقاءً",
        "\u2068100\u2069 لقاء",
    ]


def test_ukrainian_has_three_plural_forms() -> None:
    said = [
        UK.plural("{count} meeting", "{count} meetings", count=n)
        for n in (0, 1, 2, 5, 11, 12, 21, 22, 25, 101, 111)
    ]
    assert said == [
        "0 зустрічей",
        "1 зустріч",
        "2 зустрічі",
        "5 зустрічей",
        "11 зустрічей",
        "12 зустрічей",
        "21 зустріч",
        "22 зустрічі",
        "25 зустрічей",
        "101 зустріч",
        "111 зустрічей",
    ]


def test_a_card_has_its_sentences_one_under_the_other() -> None:
    card = EN.lines(EN("<b>Meeting</b>"), None, "", "Olena & <Paola>")
    assert card == "<b>Meeting</b>\n\nOlena &amp; &lt;Paola&gt;"
    assert type(card) is Html


def test_a_list_reads_as_people_write_it_and_is_escaped() -> None:
    assert EN.all_of(["Olena", "R&D", Html("<b>Ali</b>")]) == "Olena, R&amp;D, and <b>Ali</b>"
    assert DE.all_of(["Olena", "Paola"]) == "Olena und Paola"
    assert [EN.all_of(["{0} {x}"]), EN.all_of([])] == ["{0} {x}", ""]


def test_days_are_written_by_the_locale() -> None:
    assert [t.day(MONDAY) for t in ALL] == [
        "Mo., 9. März",
        "Mon, Mar 9",
        "الاثنين، 9 مارس",
        "пн, 9 бер.",
    ]
    assert [t.full_day(MONDAY) for t in ALL] == [
        "Montag, 9. März 2026",
        "Monday, March 9, 2026",
        "الاثنين، 9 مارس 2026",
        "понеділок, 9 березня 2026\u202fр.",
    ]
    assert [t.full_day(MONDAY, today=date(2026, 12, 31)) for t in ALL] == [
        "Montag, 9. März",
        "Monday, Mar 9",
        "الاثنين، 9 مارس",
        "понеділок, 9 бер.",
    ]
    assert EN.full_day(MONDAY, today=date(2027, 1, 1)) == "Monday, March 9, 2026"
    assert [t.month_alone(MONDAY) for t in ALL] == ["März", "March", "مارس", "березень"]
    assert [t.month(MONDAY) for t in ALL] == [
        "März 2026",
        "March 2026",
        "مارس 2026",
        "березень 2026\u202fр.",
    ]


def test_a_ukrainian_month_stands_in_the_genitive_behind_a_day_and_alone_in_the_nominative() -> (
    None
):
    days = [date(2026, month, 21) for month in (1, 5, 11, 12)]
    assert [UK.full_day(day) for day in days] == [
        "середа, 21 січня 2026\u202fр.",
        "четвер, 21 травня 2026\u202fр.",
        "субота, 21 листопада 2026\u202fр.",
        "понеділок, 21 грудня 2026\u202fр.",
    ]
    assert [UK.day(day) for day in days] == [
        "ср, 21 січ.",
        "чт, 21 трав.",
        "сб, 21 лист.",
        "пн, 21 груд.",
    ]
    assert [UK.month_alone(day) for day in days] == ["січень", "травень", "листопад", "грудень"]


def test_a_week_starts_on_monday_and_no_two_days_look_alike() -> None:
    assert DE.weekdays() == ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    assert EN.weekdays() == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    assert AR.weekdays() == ["ن", "ث", "ر", "خ", "ج", "س", "ح"]
    assert UK.weekdays() == ["пн", "вт", "ср", "чт", "пт", "сб", "нд"]


def test_a_day_has_twenty_four_hours_in_every_language() -> None:
    assert [[t.time(time(9, 5)), t.time(time(18, 30))] for t in ALL] == [["09:05", "18:30"]] * 4


def test_numbers_are_written_by_the_locale_with_western_digits() -> None:
    assert [t.number(1234.5) for t in ALL] == [
        "1.234,5",
        "1,234.5",
        "1,234.5",
        "1\u00a0234,5",
    ]
    assert [t.number(80) for t in ALL] == ["80", "80", "80", "80"]


def test_durations_are_hours_for_a_sum_and_minutes_for_a_chip() -> None:
    assert [EN.hours(n) for n in (0, 45, 60, 90, 100, 540)] == [
        "0\u00a0hours",
        "0.75\u00a0hours",
        "1\u00a0hour",
        "1.5\u00a0hours",
        "1.67\u00a0hours",
        "9\u00a0hours",
    ]
    assert [DE.hours(n) for n in (60, 90, 75000)] == [
        "1\u00a0Stunde",
        "1,5\u00a0Stunden",
        "1.250\u00a0Stunden",
    ]
    assert [AR.hours(n) for n in (60, 120, 540, 660)] == [
        "ساعة",
        "ساعتان",
        "9\u00a0ساعات",
        "11\u00a0ساعة",
    ]
    assert [UK.hours(n) for n in (60, 90, 120, 300, 660, 1260, 1320, 1500)] == [
        "1\u00a0година",
        "1,5\u00a0години",
        "2\u00a0години",
        "5\u00a0годин",
        "11\u00a0годин",
        "21\u00a0година",
        "22\u00a0години",
        "25\u00a0годин",
    ]
    assert [t.minutes(60) for t in ALL] == [
        "60\u00a0Min.",
        "60\u00a0min",
        "60\u00a0د",
        "60\u00a0хв",
    ]


@pytest.mark.parametrize(
    ("stored", "code", "language"),
    [
        ("ar", "de", "ar"),
        (None, "de-AT", "de"),
        (None, "en-GB", "en"),
        (None, "en_US", "en"),
        (None, "AR-eg", "ar"),
        (None, "uk", "uk"),
        (None, "uk-UA", "uk"),
        ("uk", "ru", "uk"),
        (None, "ru", "de"),
        (None, "pt-br", "de"),
        (None, "", "de"),
        (None, None, "de"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_is_the_chosen_one_then_telegrams_then_german(
    stored: str | None, code: str | None, language: str
) -> None:
    assert language_for(stored, code, "de") == language


def test_every_language_has_a_name_of_its_own_and_a_speech_made_once() -> None:
    assert tuple(NATIVE_NAMES) == LANGUAGES
    assert [speech(language).language for language in LANGUAGES] == list(LANGUAGES)
    assert [language for language in LANGUAGES if speech(language).right_to_left] == ["ar"]
    assert speech("de") is speech("de")


def test_a_language_that_we_do_not_speak_is_an_error() -> None:
    with pytest.raises(ValueError, match="no catalogue for 'xx'"):
        speech("xx")


def test_a_marked_word_is_the_word() -> None:
    assert [N_("Job"), N_("Job", context="topic")] == ["Job", "Job"]
