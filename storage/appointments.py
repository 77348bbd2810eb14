"""Appointments in the tables; whoever reads one is in its tandem."""

from datetime import datetime

from mentoring.dates import Appointment, State
from storage.books import statements
from storage.database import Database
from storage.instants import instant, plan_columns, plan_from, seconds
from storage.trips import Row

_SQL = statements("appointments")


class AppointmentTable:
    """Implements mentoring.appointments.AppointmentBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, appointment: Appointment, *, now: datetime) -> Appointment:
        """The appointment with its id."""
        values = {**_columns(appointment), "now": seconds(now)}
        row = await self._database.one(_SQL["add"], values)
        assert row is not None
        return _appointment(row)

    async def change(self, appointment: Appointment) -> None:
        values = {**_columns(appointment), "id": appointment.id}
        await self._database.write(_SQL["change"], values)

    async def use_key(self, key: str, appointment: Appointment, *, person_id: int) -> None:
        """The date came from this card or button of theirs."""
        values = {"key": key, "id": appointment.id, "person_id": person_id}
        await self._database.write(_SQL["use_key"], values)

    async def by_id(self, appointment_id: int, *, viewer: int) -> Appointment | None:
        values = {"id": appointment_id, "viewer": viewer}
        row = await self._database.one(_SQL["by_id"], values)
        return _appointment(row) if row else None

    async def by_key(self, key: str, *, viewer: int) -> Appointment | None:
        row = await self._database.one(_SQL["by_key"], {"key": key, "viewer": viewer})
        return _appointment(row) if row else None

    async def by_meeting(self, meeting_id: int) -> Appointment | None:
        row = await self._database.one(_SQL["by_meeting"], {"meeting_id": meeting_id})
        return _appointment(row) if row else None

    async def open_of(self, tandem_id: int) -> Appointment | None:
        row = await self._database.one(_SQL["open_of"], {"tandem_id": tandem_id})
        return _appointment(row) if row else None

    async def unanswered(self, tandem_id: int) -> list[Appointment]:
        """Dates of which nobody has said what became of them, the newest first."""
        rows = await self._database.execute(_SQL["unanswered"], {"tandem_id": tandem_id})
        return [_appointment(row) for row in rows]

    async def open_with(self, person_id: int) -> list[Appointment]:
        rows = await self._database.execute(_SQL["open_with"], {"person_id": person_id})
        return [_appointment(row) for row in rows]


def _columns(appointment: Appointment) -> dict[str, object]:
    return {
        **plan_columns(appointment.plan),
        "tandem_id": appointment.tandem_id,
        "zone": appointment.zone,
        "state": appointment.state,
        "sequence": appointment.sequence,
        "by": appointment.by,
        "uid": appointment.uid,
        "in_calendars": int(appointment.in_calendars),
        "meeting_id": appointment.meeting_id,
        "instead_of": seconds(appointment.instead_of) if appointment.instead_of else None,
    }


def _appointment(row: Row) -> Appointment:
    return Appointment(
        id=row["id"],
        tandem_id=row["tandem_id"],
        plan=plan_from(row["day"], row["start"], row["minutes"], row["place"], row["topics"]),
        zone=row["zone"],
        state=State(row["state"]),
        sequence=row["sequence"],
        by=row["made_by"],
        uid=row["uid"],
        in_calendars=bool(row["in_calendars"]),
        meeting_id=row["meeting_id"],
        instead_of=instant(row["instead_of"]) if row["instead_of"] else None,
    )
