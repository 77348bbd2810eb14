"""The classes of letters at work: what waits for the morning, is counted, or makes no sound."""

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.letters import Priority
from tests.dialogues.people import Programme, Someone
from tests.dialogues.test_next_date import heard, log, pass_to
from tests.faults.branch import Classed

pytestmark = pytest.mark.usefixtures("tandem")

NIGHT = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
"""Monday, 21:00 in Munich."""
MORNING = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)


async def of_the_programme(programme: Programme, to: Someone) -> None:
    args: dict[str, object] = {"partner": "Kristina Alam", "tandem": 1}
    await programme.send(
        Classed(
            to=to.person_id,
            kind="matched",
            args=args,
            of=Priority.PROGRAMME,
            due=programme.clock(),
        )
    )


async def test_what_the_programme_says_waits_for_the_morning(
    programme: Programme, mentee: Someone
) -> None:
    programme.clock.at = NIGHT
    await of_the_programme(programme, mentee)
    assert heard(mentee) == []
    await pass_to(programme, MORNING - timedelta(seconds=1))
    assert heard(mentee) == []
    await pass_to(programme, MORNING)
    assert len(heard(mentee)) == 1


async def test_the_programme_says_two_things_a_week(programme: Programme, mentee: Someone) -> None:
    first = programme.clock()
    for _ in range(3):
        await of_the_programme(programme, mentee)
    assert len(heard(mentee)) == 2
    await pass_to(programme, first + timedelta(days=7, seconds=-1))
    assert len(heard(mentee)) == 2
    await pass_to(programme, first + timedelta(days=7))
    assert len(heard(mentee)) == 3


async def test_a_partners_deed_at_night_arrives_at_once_and_wakes_nobody(
    programme: Programme, mentor: Someone, mentee: Someone
) -> None:
    await log(mentor)
    programme.clock.at = NIGHT + timedelta(days=1)
    await log(mentor)
    assert heard(mentee) == ["Newly logged by Kristina Alam:"] * 2
    sent = [given for name, given in programme.wire.calls if name == "sendmessage"]
    silent = [given.get("disable_notification", False) for given in sent if given["chat_id"] == 30]
    assert silent == [False, True]
    answers = [given for given in sent if given["chat_id"] == 20]
    assert [given for given in answers if "disable_notification" in given] == []
