"""A meeting in words: the same lines on its author's card and in its partner's letter."""

from dataclasses import dataclass
from datetime import date

from handlers.buttons import Button, Tap
from handlers.menu_buttons import ToCorrection, WeMet
from locales import Html, Speech
from mentoring.logbook import Meeting, Outcome, Total
from mentoring.plans import Plan
from mentoring.tandems import Tandem
from mentoring.templates import Programme


@dataclass(frozen=True)
class Undo(Tap, tag="undo"):
    """Its author takes a meeting back."""

    meeting_id: int


@dataclass(frozen=True)
class Object(Tap, tag="object"):
    """The other side says: it was not so."""

    meeting_id: int


@dataclass(frozen=True)
class Concede(Tap, tag="concede"):
    """The other side takes its objection back: it was so after all."""

    meeting_id: int


@dataclass(frozen=True)
class Agree(Tap, tag="agree"):
    """The author's answer to the correction that was seen."""

    meeting_id: int
    accept: bool
    seen: str


def plan_lines(t: Speech, programme: Programme, plan: Plan, *, today: date) -> list[Html]:
    """Day, time and length; the place and the topics where there are any.

    A day of another year than the reader's `today` is said with its year.
    """
    lines = [
        t(
            "📅 {day}, {time} · {length}",
            day=t.full_day(plan.day, today=today),
            time=t.time(plan.start),
            length=t.minutes(plan.minutes),
        )
    ]
    if plan.place:
        lines.append(t("📍 {place}", place=plan.place))
    if plan.topics:
        topics = t.all_of(programme.topic(key, t.language) for key in plan.topics)
        lines.append(t("💬 {topics}", topics=topics))
    return lines


def outcome_line(t: Speech, meeting: Meeting, names: str, *, today: date) -> Html:
    """What became of it, without the person as a subject: verbs would carry gender."""
    day = t.full_day(meeting.plan.day, today=today)
    match meeting.outcome:
        case Outcome.HELD:
            return t("<b>Meeting with {names}</b>", names=names)
        case Outcome.MOVED:
            return t("<b>Meeting with {names}</b> on {day}: moved", names=names, day=day)
        case Outcome.NOT_HELD:
            return t(
                "<b>Meeting with {names}</b> on {day}: did not take place", names=names, day=day
            )


def meeting_lines(
    t: Speech, programme: Programme, meeting: Meeting, names: str, *, today: date
) -> list[Html]:
    """A logged meeting, whole."""
    lines = [outcome_line(t, meeting, names, today=today)]
    if meeting.outcome is Outcome.HELD:
        lines += plan_lines(t, programme, meeting.plan, today=today)
    return lines


def correction_lines(
    t: Speech, programme: Programme, meeting: Meeting, *, today: date
) -> list[Html]:
    """Both values: what the other side says it was, and what was logged."""
    assert meeting.correction is not None
    return [
        *plan_lines(t, programme, meeting.correction, today=today),
        Html(""),
        t("Logged before:"),
        *plan_lines(t, programme, meeting.plan, today=today),
    ]


def correction_answers(t: Speech, meeting: Meeting) -> list[Button]:
    """For its author; they answer the correction that they stand under."""
    assert meeting.correction is not None
    seen = meeting.correction.mark
    return [
        Button(t.label("button", "Agree"), Agree(meeting.id, True, seen)),
        Button(t.label("button", "Disagree"), Agree(meeting.id, False, seen)),
    ]


def partner_buttons(t: Speech, meeting: Meeting, tandem: Tandem, reader: int) -> list[Button]:
    """What the other side of a meeting may say to it."""
    if not tandem.is_other_side(reader, of=meeting.by):
        return []
    if meeting.outcome is not Outcome.HELD:
        return [Button(t.label("button", "We did meet"), WeMet(meeting.id))]
    return [
        Button(t.label("button", "Correct it"), ToCorrection(meeting.id)),
        Button(t.label("button", "That is not right"), Object(meeting.id)),
    ]


def contested_buttons(t: Speech, meeting: Meeting, tandem: Tandem, reader: int) -> list[Button]:
    """How the other side of a contested meeting gets on with it."""
    if not tandem.is_other_side(reader, of=meeting.by):
        return []
    buttons = [Button(t.label("button", "Correct it"), ToCorrection(meeting.id))]
    if meeting.contested_by == reader:
        buttons.append(Button(t.label("button", "It is right after all"), Concede(meeting.id)))
    return buttons


def total_line(t: Speech, total: Total) -> Html:
    """What the meetings add up to."""
    if not total.meetings:
        return t("No meeting has been counted yet.")
    meetings = t.plural("{count} meeting", "{count} meetings", count=total.meetings)
    return t(
        "Together so far: {meetings}, {hours}", meetings=meetings, hours=t.hours(total.minutes)
    )


def meeting_line(t: Speech, meeting: Meeting) -> Html:
    """One line of a timeline."""
    day, length = t.day(meeting.plan.day), t.minutes(meeting.plan.minutes)
    if meeting.contested:
        return t("• {day}, {length} – contested, not counted", day=day, length=length)
    if meeting.correction is not None:
        return t("• {day}, {length} – a correction is proposed", day=day, length=length)
    return t("• {day}, {length}", day=day, length=length)


def chip(label: str, tap: Tap, *, chosen: bool) -> Button:
    """A button that shows whether it is chosen."""
    return Button(label, tap, chosen=chosen)
