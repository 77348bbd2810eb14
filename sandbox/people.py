"""Who is there to play: the people on the phones before anybody touches anything."""

from dataclasses import dataclass

NEW = frozenset({"Newcomer", "Guest"})
"""The hints of those whom the bot does not know at the beginning."""
JOINED = "In the programme"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a phone. `language_code` is what their Telegram client is set to."""

    id: int
    first_name: str
    last_name: str
    language_code: str
    role_hint: str
    started: bool = False


PEOPLE: tuple[Person, ...] = (
    Person(
        id=1001,
        first_name="Paola",
        last_name="Stenger",
        language_code="de",
        role_hint="Coordinator",
        started=True,
    ),
    Person(
        id=1002,
        first_name="Kristina",
        last_name="Alam",
        language_code="en",
        role_hint="Mentor",
        started=True,
    ),
    Person(
        id=1003,
        first_name="Rana",
        last_name="Haddad",
        language_code="ar",
        role_hint="Mentee",
        started=True,
    ),
    Person(
        id=1004,
        first_name="Olena",
        last_name="Kovalenko",
        language_code="en",
        role_hint="Mentee",
        started=True,
    ),
    Person(
        id=1005,
        first_name="Thomas",
        last_name="Berger",
        language_code="de",
        role_hint="Mentor",
        started=True,
    ),
    Person(
        id=1006,
        first_name="Amir",
        last_name="Karimi",
        language_code="en",
        role_hint="Newcomer",
    ),
    Person(
        id=1007,
        first_name="Sofia",
        last_name="Lopez",
        language_code="de",
        role_hint="Newcomer",
    ),
)
