"""The pseudo-locales, under which every dialogue is played, and the proof that they find strays."""

from collections.abc import Callable

import pytest

from bot.introduction import introduce
from handlers import menu
from handlers.buttons import Button, Keyboard
from handlers.menu_buttons import ToMenu
from handlers.outgoing import Outgoing, marked
from locales import Html, Speech, speech
from locales.direction import FSI, PDI
from tests.dialogues.people import Programme, Someone, plain
from tests.dialogues.pseudo import AR_XB, EN_XA, PseudoSpeech, read_back
from tests.dialogues.strays import strays, strays_in, strays_of

both = pytest.mark.parametrize("english", [EN_XA, AR_XB], ids=["en_XA", "ar_XB"], indirect=True)


def test_a_sentence_is_accented_longer_by_a_third_and_its_values_are_marked() -> None:
    assert EN_XA("Saved: <b>{day}</b>, /help") == "⟦Şȧṽḗḓ: <b>⦃{day}⦄</b>, /help⁓⁓⟧"
    assert EN_XA("📍 {place}") == "⟦📍 ⦃{place}⦄⟧"


def test_the_other_runs_from_right_to_left() -> None:
    said = PseudoSpeech(AR_XB)("Hello {name}!", name="Rana")
    assert said == "⟦ڔٵټټڀ ⦃\u2068Rana\u2069⦄!⟧"
    assert PseudoSpeech(AR_XB).right_to_left


@pytest.mark.parametrize("pseudo", [EN_XA, AR_XB])
def test_both_can_be_read_back_and_other_scripts_stay(pseudo: Callable[[str], str]) -> None:
    english = "The quick brown fox jumps over the lazy dog: {name}! München"
    assert read_back(pseudo(english)) == english
    others = "Žluťoučký kůň, Größe, عربي فارسی پچژگ, Українська"
    assert read_back(others) == others


@both
async def test_the_introduction_and_the_note_of_a_repetition_are_of_the_catalogue(
    programme: Programme, english: PseudoSpeech
) -> None:
    programme.wire.calls.clear()
    await introduce(programme.house.application.bot, "en")
    calls = [call for call in programme.wire.calls if call[1].get("language_code", "en") == "en"]
    assert len(calls) == 6
    again = marked(Outgoing("send_message", {"text": english("Sent.")}), "en")
    calls.append((again.method, again.params))
    for name, given in calls:
        assert strays_of(name, given, set(), rtl=english.right_to_left) == []
    programme.wire.calls.clear()


Text = Callable[[Speech], Html]
PLANTED: dict[str, tuple[Text, str]] = {
    "hard-coded": (
        lambda _t: Html("What now?"),
        "not in the catalogue, and no value: What now?",
    ),
    "in bold, in a line of its own": (
        lambda t: t.lines(t("Sent."), Html("<b>Well done</b>")),
        "not in the catalogue, and no value: Well done",
    ),
    "behind a sentence": (
        lambda t: Html(t("Sent.") + " Thanks!"),
        "not in the catalogue, beside a sentence: Sent. Thanks!",
    ),
    "in front of a sentence": (
        lambda t: Html("Note: " + t("Sent.")),
        "not in the catalogue, beside a sentence: Note: Sent.",
    ),
    "a value behind a sentence": (
        lambda t: Html(t("Sent.") + ": " + t.number(3)),
        "not in the catalogue, beside a sentence: Sent.: 3",
    ),
    "two sentences in a line": (
        lambda t: Html(t("Sent.") + " " + t("Which tandem?")),
        "glued: Sent. Which tandem?",
    ),
    "two sentences in a value": (
        lambda t: t("Hello {name}!", name=Html(t("Sent.") + t("Which tandem?"))),
        "glued: Sent.Which tandem?",
    ),
    "an English word as a value": (
        lambda t: t("Hello {name}!", name="friend"),
        "not in the catalogue, and no value: friend",
    ),
    "never extracted": (
        lambda t: t("Nobody translates this."),
        "not in the catalogue, and no value: Nobody translates this.",
    ),
    "written into a sentence": (
        lambda t: Html(t("Sent.").replace("⟦", "⟦Well: ")),
        "not in the catalogue, inside a sentence: Well: Sent.",
    ),
}


@both
@pytest.mark.parametrize("planted", PLANTED)
async def test_a_stray_is_found(
    programme: Programme,
    mentor: Someone,
    english: PseudoSpeech,
    monkeypatch: pytest.MonkeyPatch,
    planted: str,
) -> None:
    text, fault = PLANTED[planted]
    monkeypatch.setattr(menu, "menu_text", text)
    await mentor.say("/menu")
    found = [plain("⟦" + stray) for stray in await strays_in(programme, english)]
    assert f"sendmessage: {fault}" in found
    programme.wire.calls.clear()


@both
async def test_a_stray_on_a_button_is_found(
    programme: Programme,
    mentor: Someone,
    english: PseudoSpeech,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def planted(t: Speech, _person: object) -> Keyboard:
        glued = t.label("button", "Undo") + "/" + t.label("button", "Correct it")
        return [[Button("Go on", ToMenu())], [Button(glued, ToMenu())]]

    monkeypatch.setattr(menu, "menu_of", planted)
    await mentor.say("/menu")
    assert [plain("⟦" + stray) for stray in await strays_in(programme, english)] == [
        "sendmessage: not in the catalogue, and no value: Go on",
        "sendmessage: glued: Undo/Correct it",
    ]
    programme.wire.calls.clear()


def test_a_line_that_would_flip_is_found_from_right_to_left() -> None:
    t = PseudoSpeech(AR_XB)
    said = t("{by} agrees. The meeting is corrected:", by="Rana Haddad")
    assert strays(said, {"Rana Haddad"}, rtl=True) == []
    flipped, open_to_all = said.replace("\u200f", ""), said.replace(FSI, "").replace(PDI, "")
    assert [stray[:19] for stray in strays(flipped, {"Rana Haddad"}, rtl=True)] == [
        "begins at the left:"
    ]
    assert [stray[:16] for stray in strays(open_to_all, {"Rana Haddad"}, rtl=True)] == [
        "is not isolated:"
    ]


def test_english_speaks_for_itself_again_afterwards() -> None:
    assert speech("en")("Sent.") == "Sent."
