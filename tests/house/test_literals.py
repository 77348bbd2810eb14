"""Only literals are said: the extraction cannot see what is put together at run time."""

from pathlib import Path

import pytest

from locales.defects import Defect
from locales.extract import ROOT
from locales.sources import Sentence, read_sources, sentences, unspeakable

RULE = "a literal, not empty, or an N_ table's entry"


def planted(root: Path, text: str) -> Path:
    (root / "handlers").mkdir()
    (root / "handlers" / "talk.py").write_text(text, "utf-8")
    return root


def test_everything_that_the_bot_says_is_a_literal() -> None:
    assert [str(defect) for defect in unspeakable(read_sources(ROOT))] == []


@pytest.mark.parametrize(
    ("line", "argument", "rule"),
    [
        ('context.say(f"Hello {name}")', "f'Hello {name}'", f"say takes {RULE}"),
        ("context.t(greeting)", "greeting", f"t takes {RULE}"),
        ('t("Hello " + name)', "'Hello ' + name", f"t takes {RULE}"),
        ('t("")', "''", f"t takes {RULE}"),
        ('t("{} x".format(name))', "'{} x'.format(name)", f"t takes {RULE}"),
        ('t.plural("One", many, count=2)', "many", f"plural takes {RULE}"),
        ('t.plural("One", count=2)', "t.plural('One', count=2)", "plural takes more arguments"),
        ('t.label("button", text)', "text", f"label takes {RULE}"),
        ('t.label(kind, "Yes")', "kind", "label takes a literal context"),
        ('t.term("rsvp", text)', "text", f"term takes {RULE}"),
        ("N_(text)", "text", f"N_ takes {RULE}"),
        ('context.show(f"Hello {name}")', "f'Hello {name}'", f"show takes {RULE}"),
        ('WORDS = {1: N_("One"), 2: "Two"}; t(WORDS[2])', "WORDS[2]", f"t takes {RULE}"),
        ('WORDS = {1: N_("One")}; t.label("x", WORDS[1])', "WORDS[1]", f"label takes {RULE}"),
    ],
)
def test_what_is_no_literal_is_found(tmp_path: Path, line: str, argument: str, rule: str) -> None:
    found = unspeakable(read_sources(planted(tmp_path, f"{line}\n")))
    assert found == [Defect("handlers/talk.py:1", argument, rule)]


@pytest.mark.parametrize(
    ("part", "shown"), [('f"<b>{x}</b>"', "f'<b>{x}</b>'"), ('"Bye"', "'Bye'")]
)
def test_bare_words_in_a_card_are_found(tmp_path: Path, part: str, shown: str) -> None:
    found = unspeakable(read_sources(planted(tmp_path, f't.lines(t("Hi"), "", text, {part})')))
    what = "lines escapes bare text and translates nothing: t(...) or Html(...)"
    assert found == [Defect("handlers/talk.py:1", shown, what)]


@pytest.mark.parametrize(
    "text",
    [
        't("One " "sentence")',
        'WORDS = {1: N_("One")}\nt(WORDS[kind])',
        'WORDS: Words = (Word(1, N_("One")),)\nt(words.WORDS[0].name)',
        'WORDS = {1: N_("One", context="x")}\nt.label("x", WORDS[1])',
        "def say(self, sentence, **values):\n    self.post(self.t(sentence, **values))",
        'context.show(t("One"))\ncontext.show(card)\ncontext.show(await drawn(card))',
        "axis.label()",
    ],
)
def test_what_can_be_extracted_is_allowed(tmp_path: Path, text: str) -> None:
    assert unspeakable(read_sources(planted(tmp_path, text))) == []


def test_a_sentence_is_found_however_deep_it_stands(tmp_path: Path) -> None:
    text = 'say("Sure?", keyboard(Row(Button(label("button", "Yes"), [t("No")]))))'
    found = sentences(read_sources(planted(tmp_path, text)))
    assert [(one.forms, one.context) for one in found] == [
        (("Sure?",), None),
        (("Yes",), "button"),
        (("No",), None),
    ]


def test_every_way_of_saying_is_extracted(tmp_path: Path) -> None:
    text = """
import somewhere

# Translators: first line
# of a card
context.say("Said")
# not for translators
context.t("Told")
context.post(
    # Translators: on a button
    t.label("button", "Pressed"),
    t.plural("{count} day", "{count} days", count=2),
)
# Translators: a topic
TOPICS = {1: N_("CV"), 2: N_("Job", context="topic")}
"""
    found = sentences(read_sources(planted(tmp_path, text)))
    assert found == [
        Sentence("handlers/talk.py", 6, ("Said",), None, ("first line of a card",)),
        Sentence("handlers/talk.py", 8, ("Told",), None, ()),
        Sentence("handlers/talk.py", 11, ("Pressed",), "button", ("on a button",)),
        Sentence("handlers/talk.py", 12, ("{count} day", "{count} days"), None, ()),
        Sentence("handlers/talk.py", 15, ("CV",), None, ("a topic",)),
        Sentence("handlers/talk.py", 15, ("Job",), "topic", ("a topic",)),
    ]
