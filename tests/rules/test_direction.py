"""Which way a line runs. What people must see is in docs; here are the characters that do it.

The expected strings are written by hand: FSI U+2068, PDI U+2069, RLM U+200F, LRM U+200E.
"""

from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import Html, Speech
from locales.direction import first_strong

ARABIC = Speech("ar", NullTranslations())
GERMAN = Speech("de", NullTranslations())


def test_names_with_brackets_keep_them() -> None:
    assert ARABIC(
        "مرحبًا {name}! أكّد {partner} موعد اللقاء.",
        name="Olena (Architektin)",
        partner="Paola Stenger",
    ) == (
        "مرحبًا \u2068Olena (Architektin)\u2069! "
        "أكّد \u2068Paola Stenger\u2069 موعد اللقاء."
    )  # fmt: skip


def test_a_line_that_starts_with_a_latin_name_is_turned() -> None:
    said = ARABIC("{name} أكّد موعد اللقاء.", name="Paola Stenger")
    assert said == "\u200f\u2068Paola Stenger\u2069 أكّد موعد اللقاء."


def test_a_handle_and_a_command_keep_their_first_sign() -> None:
    message = "راسل {handle} أو أرسل {command} لتغيير اللغة."
    said = ARABIC(message, handle="@paola_s", command="/language")
    assert said == "راسل \u2068@paola_s\u2069 أو أرسل \u2068/language\u2069 لتغيير اللغة."


def test_a_date_a_span_and_a_place_stay_in_order() -> None:
    said = ARABIC(
        "اللقاء: {day}، {span}، {place}.",
        day="04.12.2026",
        span="18:30–19:30",
        place="Orleansplatz 11 (Eingang A)",
    )
    assert said == (
        "اللقاء: \u206804.12.2026\u2069، \u206818:30–19:30\u2069، "
        "\u2068Orleansplatz 11 (Eingang A)\u2069."
    )


def test_a_telephone_number_reads_from_its_plus_sign() -> None:
    said = ARABIC("الهاتف: {phone}", phone="+49 89 233-40500")
    assert said == "الهاتف: \u2068+49 89 233-40500\u2069"


def test_a_course_and_its_level_stay_together() -> None:
    said = ARABIC(
        "دورة {course} تبدأ في {city}.", course="Berufssprachkurs C1 (BAMF)", city="München"
    )
    assert said == "دورة \u2068Berufssprachkurs C1 (BAMF)\u2069 تبدأ في \u2068München\u2069."


def test_each_line_of_a_list_is_turned_by_itself() -> None:
    said = ARABIC(
        "1. {first} – تم التأكيد\n2. {second} – لم يردّ بعد\n✅ {third} – سُجِّل",
        first="Netzwerktreffen",
        second="Tandem #12",
        third="Praktikum bei BMW AG",
    )
    assert said == (
        "\u200f1. \u2068Netzwerktreffen\u2069 – تم التأكيد\n"
        "\u200f2. \u2068Tandem #12\u2069 – لم يردّ بعد\n"
        "\u200f✅ \u2068Praktikum bei BMW AG\u2069 – سُجِّل"
    )


def test_tags_are_not_read_as_letters() -> None:
    said = ARABIC(
        "مرشدك هو <b>{name}</b> ({work}).", name="Kristina Alam", work="Elektroingenieurin, BMW"
    )
    assert said == (
        "مرشدك هو <b>\u2068Kristina Alam\u2069</b> (\u2068Elektroingenieurin, BMW\u2069)."
    )


def test_numbers_and_percentages_are_values_too() -> None:
    said = ARABIC("أنجزت {done} من {all} لقاءات ({share}).", done=3, all=6, share="50%")
    assert said == "أنجزت \u20683\u2069 من \u20686\u2069 لقاءات (\u206850%\u2069)."


def test_a_line_that_starts_with_a_tag_and_arabic_is_left_alone() -> None:
    assert ARABIC("<b>مرحبًا</b> {name}", name="Olena") == "<b>مرحبًا</b> \u2068Olena\u2069"


def test_an_escaped_sign_is_no_latin_letter() -> None:
    assert ARABIC("&lt; رجوع") == "&lt; رجوع"


def test_a_command_written_into_a_sentence_is_isolated_as_well() -> None:
    said = ARABIC("أرسل /language أو راسل @paola_s: https://t.me/x a@b.de")
    assert said == (
        "أرسل \u2068/language\u2069 أو راسل \u2068@paola_s\u2069: https://t.me/x a@b.de"
    )


def test_a_german_message_keeps_commands_as_they_are() -> None:
    assert GERMAN("Senden Sie /language an @tandem.") == "Senden Sie /language an @tandem."


def test_a_german_line_that_starts_with_an_arabic_name_does_not_flip() -> None:
    said = GERMAN("{name} hat den Termin bestätigt.\nOrt: {place}", name="ليلى", place="Gasteig")
    assert said == "\u200e\u2068ليلى\u2069 hat den Termin bestätigt.\nOrt: Gasteig"


def test_an_arabic_name_inside_a_german_line_is_isolated() -> None:
    assert GERMAN("Hallo {name}!", name="ليلى (Architektin)") == (
        "Hallo \u2068ليلى (Architektin)\u2069!"
    )


def test_a_cyrillic_name_is_no_stranger_to_a_german_line() -> None:
    assert GERMAN("{name} hat geschrieben.", name="Олена") == "Олена hat geschrieben."


def test_every_line_of_a_value_has_its_own_isolate() -> None:
    said = ARABIC("كتبت {name}:\n{text}", name="Olena", text="Hallo!\n\nBis 17:00.")
    assert said == (
        "كتبت \u2068Olena\u2069:\n\u200f\u2068Hallo!\u2069\n\n\u200f\u2068Bis 17:00.\u2069"
    )


def test_nothing_stands_in_front_of_a_quotation_block() -> None:
    said = ARABIC("<blockquote>{text}</blockquote>", text="Hallo!\nBis bald.")
    assert said == (
        "<blockquote>\u200f\u2068Hallo!\u2069\n\u200f\u2068Bis bald.\u2069</blockquote>"
    )


def test_a_block_given_as_a_value_stays_a_block() -> None:
    said = ARABIC("{block}", block=Html("<blockquote>Hallo</blockquote>"))
    assert said == "<blockquote>\u200f\u2068Hallo\u2069</blockquote>"


def test_what_is_copied_from_code_holds_no_isolate() -> None:
    said = ARABIC("الرمز: <code>{code}</code>", code="AB-12")
    assert said == "الرمز: \u2068<code>AB-12</code>\u2069"


def test_a_link_in_a_tag_is_neither_isolated_nor_broken() -> None:
    said = ARABIC('<a href="{link}">الدليل</a>', link='https://x.de/?a=1&b="2"')
    assert said == '<a href="https://x.de/?a=1&amp;b=&quot;2&quot;">الدليل</a>'


def test_an_empty_value_leaves_no_trace() -> None:
    assert ARABIC("الاسم: {name}", name="") == "الاسم: "


def test_figures_alone_follow_the_rest_of_an_arabic_card() -> None:
    assert ARABIC.lines(ARABIC("موعد"), ARABIC("{time}", time="17:00"), "", ARABIC("🎉")) == (
        "موعد\n\u200f\u206817:00\u2069\n\n🎉"
    )


def test_a_button_is_turned_like_a_line() -> None:
    assert ARABIC.label("button", "{name}: تأكيد", name="Paola & Co") == (
        "\u200f\u2068Paola & Co\u2069: تأكيد"
    )
    assert GERMAN.label("button", "{name} bestätigen", name="ليلى") == (
        "\u200e\u2068ليلى\u2069 bestätigen"
    )


def test_a_button_reads_what_looks_like_a_tag_as_letters() -> None:
    assert ARABIC.label("button", "<b> رجوع") == "\u200f<b> رجوع"


def test_lines_turn_each_sentence_and_never_twice() -> None:
    first = ARABIC("{name} أكّد.", name="Paola")
    second = ARABIC("شكرًا {name}", name="Olena")
    card = "\u200f\u2068Paola\u2069 أكّد.\nشكرًا \u2068Olena\u2069"
    assert ARABIC.lines(first, second) == card
    assert ARABIC.lines(ARABIC.lines(first, second)) == card


def test_a_list_isolates_each_of_its_names() -> None:
    assert ARABIC.all_of(["Olena", "ليلى", "Ali & Co"]) == (
        "\u2068Olena\u2069 و\u2068ليلى\u2069 و\u2068Ali &amp; Co\u2069"
    )
    assert GERMAN.all_of(["Olena", "ليلى"]) == "Olena und \u2068ليلى\u2069"


def test_a_list_inside_a_sentence_has_no_second_isolate() -> None:
    names = ARABIC.all_of(["Olena", "Ali & Co"])
    assert ARABIC("لقاء مع {names}", names=names) == (
        "لقاء مع \u2068Olena\u2069 و\u2068Ali &amp; Co\u2069"
    )
    assert ARABIC.label("button", "لقاء مع {names}", names=names) == (
        "لقاء مع \u2068Olena\u2069 و\u2068Ali & Co\u2069"
    )
    one = GERMAN.all_of(["ليلى"])
    assert GERMAN("Treffen mit {names}", names=one) == "Treffen mit \u2068ليلى\u2069"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("1. ✅ Anna", "ltr"),
        ("1. ✅ ليلى", "rtl"),
        ("\u2068Anna\u2069 ليلى", "ltr"),
        ("17:00", None),
    ],
)
def test_the_first_letter_decides_and_isolates_hide_nothing(
    text: str, direction: str | None
) -> None:
    assert first_strong(text) == direction


# What intake lets through: its door strips the controls of direction.
PEOPLE_WRITE = st.text(st.sampled_from("aZ ü1-+(.!<>&\nЖشל✅"), max_size=12)


@given(PEOPLE_WRITE, PEOPLE_WRITE)
def test_no_line_of_an_arabic_message_runs_left_to_right(name: str, text: str) -> None:
    lines = ARABIC.label("button", "{name} أكّد\n{text}", name=name, text=text).split("\n")
    assert [first_strong(line) for line in lines if first_strong(line) == "ltr"] == []


@given(PEOPLE_WRITE, PEOPLE_WRITE)
def test_no_line_of_a_german_message_runs_right_to_left(name: str, text: str) -> None:
    lines = GERMAN.label("button", "{name} schreibt\n{text}", name=name, text=text).split("\n")
    assert [first_strong(line) for line in lines if first_strong(line) == "rtl"] == []


@given(PEOPLE_WRITE)
def test_every_isolate_is_closed_on_its_own_line(text: str) -> None:
    lines = ARABIC("نص: {text}", text=text).split("\n")
    assert [line.count("\u2068") for line in lines] == [line.count("\u2069") for line in lines]


@given(PEOPLE_WRITE)
def test_without_the_marks_the_words_are_unchanged(text: str) -> None:
    said = ARABIC.label("button", "نص: {text}", text=text)
    bare = said.translate(dict.fromkeys(map(ord, "\u2068\u2069\u200f")))
    assert bare == f"نص: {text}"
