"""The catalogues are complete, in step and well-behaved; and the check would notice if not."""

import re
from gettext import c2py
from pathlib import Path

import pytest

from locales import LANGUAGES
from locales.__main__ import main
from locales.check import check, has_msgfmt
from locales.extract import ROOT, extract
from locales.plurals import FORMS, cldr_forms

SOURCE = """
# Translators: answer to a logged meeting
say("Saved: <b>{day}</b>, {topic}.", day=day, topic=topic)
t.plural("{count} meeting with {name}", "{count} meetings with {name}", count=2, name=name)
t.label("button", "Back")
"""
WORDS = {
    "de": (
        "Gespeichert: <b>{day}</b>, {topic}.",
        ("{count} Treffen mit {name}", "{count} Treffen mit {name}"),
        "Zurück",
    ),
    "ar": (
        "تم الحفظ: <b>{day}</b>، {topic}.",
        (
            "لا لقاءات مع {name}",
            "لقاء مع {name}",
            "لقاءان مع {name}",
            "{count} لقاءات مع {name}",
            "{count} لقاءً مع {name}",
            "{count} لقاء مع {name}",
        ),
        "رجوع",
    ),
    "uk": (
        "Збережено: <b>{day}</b>, {topic}.",
        ("{count} зустріч: {name}", "{count} зустрічі: {name}", "{count} зустрічей: {name}"),
        "Назад",
    ),
}
GERMAN = "locales/de/LC_MESSAGES/tandem.po"
ARABIC = "locales/ar/LC_MESSAGES/tandem.po"
UKRAINIAN = "locales/uk/LC_MESSAGES/tandem.po"
SAVED = "'Saved: <b>{day}</b>, {topic}.'"
MEETING = "'{count} meeting with {name}'"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project whose catalogues are as they should be."""
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "talk.py").write_text(SOURCE, "utf-8")
    extract(tmp_path)
    for language in WORDS:
        translate(tmp_path / "locales" / language / "LC_MESSAGES" / "tandem.po", language)
    return tmp_path


def translate(path: Path, language: str) -> None:
    saved, meetings, back = WORDS[language]
    head, *entries = path.read_text("utf-8").split("\n\n")
    forms = "".join(f'msgstr[{place}] "{form}"\n' for place, form in enumerate(meetings))
    filled = [
        entries[0].replace('msgstr ""', f'msgstr "{saved}"'),
        re.sub(r'(msgstr\[\d\] ""\n?)+', forms, entries[1]).rstrip("\n"),
        entries[2].replace('msgstr ""', f'msgstr "{back}"'),
    ]
    path.write_text("\n\n".join([head, *filled]), "utf-8")


def plant(tree: Path, file: str, old: str, new: str) -> None:
    text = (tree / file).read_text("utf-8")
    assert text.count(old) == 1
    (tree / file).write_text(text.replace(old, new), "utf-8")


def found(tree: Path) -> list[str]:
    return [str(defect) for defect in check(tree)]


def test_the_catalogues_have_no_defect() -> None:
    assert found(ROOT) == []


def test_the_plural_forms_are_cldrs() -> None:
    numbers = range(1001)
    written = {
        language: [c2py(FORMS[language].split("plural=")[1].rstrip(";"))(n) for n in numbers]
        for language in LANGUAGES
    }
    assert written == {language: cldr_forms(language, numbers) for language in LANGUAGES}
    counted = {language: int(FORMS[language][len("nplurals=")]) for language in LANGUAGES}
    assert counted == {language: max(forms) + 1 for language, forms in written.items()}


def test_a_tree_without_defects_has_none(tree: Path) -> None:
    assert found(tree) == []
    assert extract(tree) == []


def test_a_catalogue_is_written_without_dates_lines_or_addresses(tree: Path) -> None:
    assert (tree / GERMAN).read_text("utf-8") == (
        "# Tandem in German.\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"Project-Id-Version: Tandem\\n"\n'
        '"Language: de\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        "\n"
        "#. answer to a logged meeting\n"
        "#: handlers/talk.py\n"
        "#, python-brace-format\n"
        'msgid "Saved: <b>{day}</b>, {topic}."\n'
        'msgstr "Gespeichert: <b>{day}</b>, {topic}."\n'
        "\n"
        "#: handlers/talk.py\n"
        "#, python-brace-format\n"
        'msgid "{count} meeting with {name}"\n'
        'msgid_plural "{count} meetings with {name}"\n'
        'msgstr[0] "{count} Treffen mit {name}"\n'
        'msgstr[1] "{count} Treffen mit {name}"\n'
        "\n"
        "#: handlers/talk.py\n"
        'msgctxt "button"\n'
        'msgid "Back"\n'
        'msgstr "Zurück"\n'
    )


def test_english_fills_itself(tree: Path) -> None:
    text = (tree / "locales/en/LC_MESSAGES/tandem.po").read_text("utf-8")
    assert re.findall(r'msgstr.* "(.+)"', text) == [
        "Saved: <b>{day}</b>, {topic}.",
        "{count} meeting with {name}",
        "{count} meetings with {name}",
        "Back",
    ]


def test_a_sentence_that_is_gone_leaves_and_a_new_one_is_not_guessed(tree: Path) -> None:
    plant(tree, "handlers/talk.py", '"Back"', '"Backs"')
    changed = [path.relative_to(tree).as_posix() for path in extract(tree)]
    assert changed == [
        "locales/tandem.pot",
        GERMAN,
        "locales/en/LC_MESSAGES/tandem.po",
        ARABIC,
        UKRAINIAN,
    ]
    assert (tree / GERMAN).read_text("utf-8").endswith('msgid "Backs"\nmsgstr ""\n')
    assert found(tree) == [
        f"{GERMAN}: 'Backs': is not translated",
        f"{ARABIC}: 'Backs': is not translated",
        f"{UKRAINIAN}: 'Backs': is not translated",
    ]


def test_a_percentage_is_no_placeholder(tree: Path) -> None:
    plant(tree, "handlers/talk.py", '"Back"', '"50 % done"')
    extract(tree)
    assert "python-format" not in (tree / GERMAN).read_text("utf-8")


FAULTS = [
    ("not translated", GERMAN, 'msgstr "Zurück"', 'msgstr ""', ["'Back': is not translated"]),
    ("fuzzy", GERMAN, 'msgctxt "button"', '#, fuzzy\nmsgctxt "button"', ["'Back': is fuzzy"]),
    (
        "one plural form empty",
        GERMAN,
        'msgstr[0] "{count} Treffen mit {name}"',
        'msgstr[0] ""',
        [f"{MEETING}: is not translated"],
    ),
    (
        "a placeholder lost",
        GERMAN,
        '</b>, {topic}."\n\n',
        '</b>."\n\n',
        [f"{SAVED}: has the placeholders ['day'], the English ['day', 'topic']"],
    ),
    (
        "a placeholder renamed",
        GERMAN,
        "Gespeichert: <b>{day}",
        "Gespeichert: <b>{tag}",
        [f"{SAVED}: has the placeholders ['tag', 'topic'], the English ['day', 'topic']"],
    ),
    (
        "a plural form without its name",
        ARABIC,
        "لقاءان مع {name}",
        "لقاءان",
        [f"{MEETING}: has the placeholders [], the English ['count', 'name']"],
    ),
    (
        "the third of the Ukrainian plural forms empty",
        UKRAINIAN,
        'msgstr[2] "{count} зустрічей: {name}"',
        'msgstr[2] ""',
        [f"{MEETING}: is not translated"],
    ),
    (
        "a tag lost",
        GERMAN,
        "Gespeichert: <b>{day}</b>",
        "Gespeichert: {day}",
        [f"{SAVED}: has the tags [], the English ['<b>', '</b>']"],
    ),
    (
        "tags in the wrong order",
        GERMAN,
        "Gespeichert: <b>{day}</b>",
        "Gespeichert: </b>{day}<b>",
        [f"{SAVED}: closes its tags in the wrong order"],
    ),
    (
        "an unknown tag",
        GERMAN,
        "Zurück",
        "<br>Zurück",
        [
            "'Back': holds a tag that Telegram does not know",
            "'Back': has the tags ['<br>'], the English []",
        ],
    ),
    (
        "a stray brace",
        GERMAN,
        "Zurück",
        "Zurück}",
        ["'Back': holds a brace that is no {placeholder}"],
    ),
    (
        "an invisible character",
        ARABIC,
        "رجوع",
        "\u200fرجوع",
        ["'Back': holds the invisible character U+200F"],
    ),
    ("a familiar German", GERMAN, "Zurück", "Geh du zurück", ["'Back': says 'du', not Sie"]),
    ("a familiar possessive", GERMAN, "Zurück", "Deine Seite", ["'Back': says 'Deine', not Sie"]),
    (
        "two exclamation marks",
        GERMAN,
        "Zurück",
        "Zurück!!",
        ["'Back': doubles an exclamation mark"],
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "faults"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_in_a_catalogue_is_found(
    tree: Path, file: str, old: str, new: str, faults: list[str]
) -> None:
    plant(tree, file, old, new)
    assert [line for line in found(tree) if "msgfmt" not in line] == [
        f"{file}: {fault}" for fault in faults
    ]


@pytest.mark.parametrize("german", ["Sie finden Ihren Duden.", "Direkt zu den Eurowerten"])
def test_a_polite_german_is_left_alone(tree: Path, german: str) -> None:
    plant(tree, GERMAN, "Zurück", german)
    assert found(tree) == []


def test_a_sentence_that_no_catalogue_holds_is_found(tree: Path) -> None:
    (tree / "handlers" / "more.py").write_text('t("New")\n', "utf-8")
    assert found(tree) == [
        "locales/tandem.pot: '': is out of step: run `python -m locales extract`",
        *(
            f"locales/{language}/LC_MESSAGES/tandem.po: 'New': is missing: "
            "run `python -m locales extract`"
            for language in LANGUAGES
        ),
    ]


def test_a_sentence_that_is_said_nowhere_is_found(tree: Path) -> None:
    old = '#: handlers/talk.py\nmsgctxt "button"'
    plant(tree, GERMAN, old, f'msgid "Old"\nmsgstr "Alt"\n\n{old}')
    assert found(tree) == [f"{GERMAN}: 'Old': is said nowhere: run `python -m locales extract`"]


def test_a_catalogue_that_a_tool_has_rewritten_is_found(tree: Path) -> None:
    plant(tree, GERMAN, "#: handlers/talk.py\nmsgctxt", "#: handlers/talk.py:5\nmsgctxt")
    assert found(tree) == [
        f"{GERMAN}: '': differs from a fresh extraction: run `python -m locales extract`"
    ]


def test_a_header_with_other_plural_forms_is_found(tree: Path) -> None:
    plant(tree, GERMAN, "plural=(n != 1)", "plural=(n > 1)")
    assert found(tree) == [
        f"{GERMAN}: '': has another header than CLDR gives: run `python -m locales extract`",
        f"{GERMAN}: '': differs from a fresh extraction: run `python -m locales extract`",
    ]
    extract(tree)
    assert found(tree) == []


def test_a_missing_catalogue_is_found(tree: Path) -> None:
    (tree / GERMAN).unlink()
    assert found(tree) == [f"{GERMAN}: '': is missing: run `python -m locales extract`"]


def test_a_sentence_that_is_no_literal_is_found(tree: Path) -> None:
    (tree / "handlers" / "more.py").write_text("t(words)\n", "utf-8")
    assert found(tree) == [
        "handlers/more.py:1: 'words': t takes a literal, not empty, or an N_ table's entry"
    ]


@pytest.mark.skipif(not has_msgfmt(), reason="msgfmt is not installed")
def test_msgfmt_has_its_say(tree: Path) -> None:
    plant(tree, GERMAN, "Gespeichert: <b>{day}", "Gespeichert: <b>{tag}")
    assert [line for line in found(tree) if "msgfmt" in line] == [
        f"{GERMAN}: '': msgfmt: tandem.po:15: a format specification for argument 'day' "
        "doesn't exist in 'msgstr'",
        f"{GERMAN}: '': msgfmt: msgfmt: found 1 fatal error",
    ]


def test_the_command_prints_a_line_for_each_defect_and_fails(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [main(["check"], tree), capsys.readouterr().out] == [0, ""]
    plant(tree, GERMAN, "Zurück", "")
    assert [main(["check"], tree), capsys.readouterr().out] == [
        1,
        f"{GERMAN}: 'Back': is not translated\n",
    ]
    plant(tree, "handlers/talk.py", '"Back"', '"Backs"')
    assert main(["extract"], tree) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "wrote locales/tandem.pot",
        f"wrote {GERMAN}",
    ]
