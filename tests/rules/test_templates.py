"""A wrong template is one line with file, key and reason."""

from pathlib import Path

import pytest

from mentoring.templates import Rungs, TemplateError, parse, read

SHIPPED = Path("mentoring/programme.toml")


def test_the_shipped_template_is_right() -> None:
    programme = read(SHIPPED)
    assert (programme.length_days, programme.duration, len(programme.topics)) == (122, 60, 18)
    assert programme.topic("cv", "de") == "Lebenslauf"
    assert programme.ladder == Rungs(), "the rules' own, written out for whoever wants others"


def test_a_template_may_say_nothing_of_the_ladder() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    begin = text.index("[ladder]")
    without = text[:begin] + text[text.index("[notice]") :]
    assert parse(without, "mine.toml").ladder == Rungs()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("length_days = 122 ", "length_days = 3 ", "length_days: must be a whole number from 28"),
        ("length_days = 122 ", 'length_days = "122" ', "length_days: must be a whole number"),
        ("duration = 60 ", "duration = 61 ", "duration: must be one of durations"),
        ("[notice]", "[notices]", "notices: is not known"),
        ('de = "Lebenslauf"', 'de = ""', "topics[3].de: must be a text"),
        ('key = "cv"', 'key = "employers"', "topics[3].key: 'employers' stands twice"),
        ('en = "CV"', 'xx = "CV"', "topics[3].xx: is not one of"),
        ("undo_hours = 72", "undo_hours = = 72", "is not TOML"),
        ("first_date = 2 ", "first_day = 2 ", "ladder.first_day: is not known"),
        ("first_date = 2 ", "first_date = 0 ", "ladder.first_date: must be a whole number from 1"),
        ("mentee = 10,", "mentee = '10',", "ladder.first_meeting.mentee: must be a whole number"),
        ("silence = { mentee", "silence = { friend", "ladder.silence.friend: is neither mentee"),
        (
            "silence = { mentee = 14, mentor = 21 }",
            "silence = 14",
            "ladder.silence: must be a table",
        ),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, before: str, after: str, line: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(TemplateError) as error:
        read(path)
    assert str(error.value).startswith("mine.toml: ")
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"gone\.toml: cannot be read"):
        read(tmp_path / "gone.toml")
