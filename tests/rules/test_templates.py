"""A wrong template is one line with file, key and reason."""

from datetime import time
from pathlib import Path

import pytest

from mentoring.people import Role
from mentoring.template_file import TemplateError, parse, read
from mentoring.templates import Anchors, Care, Rest, Rungs

SHIPPED = Path("mentoring/programme.toml")


def test_the_shipped_template_is_right() -> None:
    programme = read(SHIPPED)
    assert (programme.length_days, programme.duration, len(programme.topics)) == (122, 60, 18)
    assert programme.topic("cv", "de") == "Lebenslauf"
    rules = (programme.ladder, programme.anchors, programme.rest, programme.unasked_a_week)
    assert rules == (Rungs(), Anchors(), Rest(), 2), (
        "the rules' own, written out for who wants others"
    )
    assert (programme.pulse_weeks, programme.monday) == ((2, 8, 16), time(8))
    assert programme.care.emergency[0].number == "112"


def test_a_template_may_say_nothing_of_what_the_rules_say() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    begin = text.index("pulse_weeks =")
    programme = parse(text[:begin] + text[text.index("[notice]") :], "mine.toml")
    rules = (programme.ladder, programme.anchors, programme.rest, programme.unasked_a_week)
    assert rules == (Rungs(), Anchors(), Rest(), 2)
    assert (programme.pulse_weeks, programme.monday) == ((2, 8, 16), time(8))
    assert programme.care == Care()


def test_the_coordination_is_told_whoever_else_is_asked() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    asked = "silence = { mentee = 14, mentor = 21, coordinator = 28 }"
    assert asked in text
    programme = parse(text.replace(asked, "silence = { mentee = 9 }"), "mine.toml")
    assert programme.ladder.silence == {Role.MENTEE: 9, Role.COORDINATOR: 28}


def test_there_may_be_no_quiet_day() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace('days = ["sunday"]', "days = []")
    assert parse(text, "mine.toml").rest.days == frozenset()


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
        (
            "silence = { mentee",
            "silence = { friend",
            "ladder.silence.friend: is not one of mentee, mentor",
        ),
        (
            "silence = { mentee = 14, mentor = 21, coordinator = 28 }",
            "silence = 14",
            "ladder.silence: must be a table",
        ),
        ("pulse_weeks = [2, 8, 16]", "pulse_weeks = [8, 2]", "pulse_weeks: must be a rising list"),
        ("unasked_a_week = 2 ", "unasked_a_week = 0 ", "unasked_a_week: must be a whole number"),
        ('monday = "08:00"', 'monday = "8"', 'monday: must be a time such as "08:00"'),
        ('monday = "08:00"', 'monday = "25:00"', 'monday: must be a time such as "08:00"'),
        ("middle = [7, 9]", "middle = [9, 7]", "anchors.middle: must be two weeks"),
        ("middle = [7, 9]", "talk = [7, 9]", "anchors.talk: is not known; known are goals, middle"),
        ('begin = "20:30"', "begin = 20", 'rest.begin: must be a time such as "08:00"'),
        ('days = ["sunday"]', 'days = ["sun"]', "rest.days: must be a list of monday, tuesday"),
        ("answer_days = 2 ", "answer_days = 0 ", "care.answer_days: must be a whole number"),
        ('number = "110"', "number = 110", "care.emergency[2].number: must be a text"),
        ('en = "Police"', 'en = ""', "care.emergency[2].en: must be a text"),
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
