"""Every refusal of the rules, explained once; the person stays at the same step."""

from collections.abc import Sequence

from handlers.buttons import Button
from handlers.context import Context
from handlers.date_text import ToDate
from handlers.menu_buttons import to_menu
from locales import Html, Speech
from mentoring import refusals


def explain(
    context: Context, refusal: refusals.Refusal, way_on: Sequence[Button] | None = None
) -> None:
    """Says kindly what was not granted, and why; `way_on` mends it, where the caller knows how."""
    rows = [way_on or _way_on(context.t, refusal), [to_menu(context.t)]]
    context.post(_explained(context, refusal), rows if context.person_or_none else ())


def _way_on(t: Speech, refusal: refusals.Refusal) -> list[Button]:
    match refusal:
        case refusals.NotAhead(first=first, last=last) if first <= last:
            return [Button(t.label("button", "Another date"), ToDate(0))]
        case refusals.HourPassed():
            return [Button(t.label("button", "Another date"), ToDate(0))]
        case refusals.NotBegun():
            return [Button("🗓 " + t.label("button", "Agree on the next date"), ToDate(0))]
    return []


def _explained(context: Context, refusal: refusals.Refusal) -> Html:
    return (
        _about_invitations(context.t, refusal)
        or _about_typed(context.t, refusal)
        or _about_tandems(context.t, refusal)
        or context.t("This button does not work any more. Nothing was changed.")
    )


def _about_invitations(t: Speech, refusal: refusals.Refusal) -> Html | None:
    match refusal:
        case refusals.CodeNotValid():
            # Translators: to somebody whose invitation link is wrong, used or expired
            return t(
                "This link does not work any more. "
                "Please ask the coordination team for a new invitation."
            )
        case refusals.TooManyTries():
            # Translators: to somebody who tried five invitation links within an hour
            return t("That was tried too often. Please try again in an hour.")
        case refusals.AlreadyHere():
            # Translators: to somebody of the programme who opens another person's invitation
            return t(
                "You are already taking part with this Telegram account, so this invitation was "
                "not used. If it is for somebody else, please pass it on."
            )
    return None


def _about_typed(t: Speech, refusal: refusals.Refusal) -> Html | None:
    match refusal:
        case refusals.TooLong(limit=limit):
            return t(
                "That is too long: at most {limit} characters. Please send a shorter text.",
                limit=t.number(limit),
            )
        case refusals.Empty():
            return t("There is nothing to read in that. Please send a text.")
    return None


def _about_tandems(t: Speech, refusal: refusals.Refusal) -> Html | None:
    match refusal:
        case refusals.NotADay(first=first, last=last) if last < first:
            return t("Your tandem begins on {first}.", first=t.day(first))
        case refusals.NotADay(first=first, last=last):
            return t(
                "Please choose a day from {first} to {last}.", first=t.day(first), last=t.day(last)
            )
        case refusals.DayTaken():
            return t(
                "There is another meeting on that day already. If it is the same one, one of the "
                "two has to be taken back first."
            )
        case refusals.NotBegun():
            return t(
                "That lies ahead of us. A meeting can be logged once it has begun; what is to come "
                "can be agreed on as the next date."
            )
        case refusals.Unchanged():
            return t("That is what was logged already. Nothing was changed.")
        case refusals.NotAhead(first=first, last=last) if last < first:
            return t("Your tandem ended on {last}.", last=t.day(last))
        case refusals.NotAhead(first=first, last=last):
            return t("The next date has to be ahead of us, and not after {last}.", last=t.day(last))
        case refusals.HourPassed():
            return t("That time has passed already. Please choose a later one.")
        case refusals.TooLate(hours=hours):
            return t.plural(
                "This can be undone for {count} hour after it was saved.",
                "This can be undone for {count} hours after it was saved.",
                count=hours,
            )
        case refusals.AlreadyPaired():
            return t("These two are a tandem already.")
        case refusals.NoTandem():
            return t(
                "You have no running tandem yet. The coordination team will tell you as soon as "
                "you have one."
            )
    return None
