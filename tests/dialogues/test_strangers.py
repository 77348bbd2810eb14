"""A stranger leaves nothing: no id, name or text remains in any file once they were answered."""

from pathlib import Path

from mentoring.people import Role
from tests.dialogues.people import Programme, Someone

STRANGER = 7_654_321_012_345


def traces(folder: Path) -> list[str]:
    """Files in which the stranger's id, name or text can be found, however SQLite stores it."""
    needles = [
        str(STRANGER).encode(),
        STRANGER.to_bytes(6, "big"),
        b"Zarathustra",
        b"Unverwechselbar",
    ]
    return [
        path.name
        for path in folder.iterdir()
        if any(needle in path.read_bytes() for needle in needles)
    ]


async def test_nothing_of_a_stranger_remains_in_any_file(
    programme: Programme, coordinator: Someone
) -> None:
    stranger = Someone(programme, STRANGER, "Zarathustra N", "de")
    await stranger.say("Unverwechselbar")
    await stranger.say("/privacy")
    await stranger.start("Unverwechselbar")
    await programme.take(stranger.press_data("undo:1"))
    assert len(programme.wire.chat(STRANGER).messages) == 4
    assert traces(programme.house.database.path.parent) == []


async def test_the_search_would_find_a_stranger_who_is_stored(
    programme: Programme, coordinator: Someone
) -> None:
    await programme.arrive(STRANGER, "Zarathustra N", "de", Role.MENTOR)
    folder = programme.house.database.path.parent
    assert traces(folder) != []
