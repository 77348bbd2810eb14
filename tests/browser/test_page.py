"""The chat page in a real browser, before the real sandbox; the test speaks for the bot."""

import ast
import inspect
import re

import pytest
from playwright.async_api import Browser, FloatRect, Locator, Page, expect

from sandbox import world
from sandbox.server import Running, start
from tests.browser.conftest import Bot, keyboard, phone

pytestmark = pytest.mark.browser

PAOLA, KRISTINA, RANA, AMIR = 1001, 1002, 1003, 1006
FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"
YES_OR_NO = keyboard(
    [{"text": "Yes", "callback_data": "met:1"}, {"text": "No", "callback_data": "met:0"}]
)


def message(page: Page, person: int, number: int) -> Locator:
    return phone(page, person).locator(f'[data-message="{number}"]')


async def box(locator: Locator) -> FloatRect:
    found = await locator.bounding_box()
    assert found is not None
    return found


async def write(page: Page, person: int, text: str) -> None:
    field = phone(page, person).get_by_role("textbox")
    await field.fill(text)
    await field.press("Enter")


async def test_three_people_sit_side_by_side(page: Page) -> None:
    phones = page.locator("section.phone")
    people = [await each.get_attribute("data-person") for each in await phones.all()]
    assert people == ["1001", "1002", "1003"]
    first, second, third = [await box(each) for each in await phones.all()]
    assert first["y"] == second["y"] == third["y"]
    assert first["x"] + first["width"] < second["x"]
    assert second["x"] + second["width"] < third["x"]
    await expect(page.get_by_role("region", name="Phone of Rana Haddad, Mentee")).to_be_visible()


async def test_nothing_is_fetched_from_elsewhere(page: Page, running: Running) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await page.locator("section.phone").nth(2).wait_for()
    assert [each for each in asked if not each.startswith(running.url)] == []


async def test_each_line_turns_by_its_first_strong_character(page: Page, bot: Bot) -> None:
    lines = [
        f"مرحبًا {FSI}Olena{PDI}!",
        f"{FSI}Paola Stenger{PDI} أكّدت الموعد.",
        f"{RLM}{FSI}Paola Stenger{PDI} أكّدت الموعد.",
        "1. Netzwerktreffen",
        "18:30–19:30",
        "",
        "/language",
    ]
    number = await bot.say(RANA, "\n".join(lines))
    shown = message(page, RANA, number).locator(".line")
    await expect(shown).to_have_count(len(lines))
    directions = [await each.get_attribute("dir") for each in await shown.all()]
    assert directions == ["rtl", "ltr", "rtl", "ltr", "rtl", "rtl", "ltr"]
    number = await bot.say(KRISTINA, "18:30–19:30")
    await expect(message(page, KRISTINA, number).locator(".line")).to_have_attribute("dir", "ltr")


async def test_formatting_runs_across_lines(page: Page, bot: Bot) -> None:
    text = "<b>one\nاثنان</b> <a href='https://example.org/'>three</a>\n<blockquote>x</blockquote>"
    number = await bot.say(KRISTINA, text, parse_mode="HTML")
    shown = message(page, KRISTINA, number).locator(".text")
    await expect(shown.locator("b")).to_have_text(["one", "اثنان"])
    await expect(shown.locator("> .line")).to_have_count(2)
    await expect(shown.locator("> .line").nth(1)).to_have_attribute("dir", "rtl")
    await expect(shown.locator("blockquote .line")).to_have_text(["x"])


async def test_mine_is_on_the_right_and_the_bots_on_the_left(page: Page, bot: Bot) -> None:
    number = await bot.say(RANA, "مرحبًا")
    await write(page, RANA, "شكرًا")
    update = await bot.next_update()
    assert update["message"]["text"] == "شكرًا"
    theirs = await box(message(page, RANA, number).locator(".bubble"))
    mine = await box(message(page, RANA, update["message"]["message_id"]).locator(".bubble"))
    log = await box(phone(page, RANA).get_by_role("log"))
    assert theirs["x"] - log["x"] < 20
    assert log["x"] + log["width"] - (mine["x"] + mine["width"]) < 30


async def test_a_row_of_buttons_runs_from_left_to_right_in_arabic_too(page: Page, bot: Bot) -> None:
    row = [{"text": label, "callback_data": label} for label in ("أولًا", "ثانيًا", "ثالثًا")]
    number = await bot.say(RANA, "مرحبًا", reply_markup=keyboard(row))
    keys = message(page, RANA, number).locator(".key")
    await expect(keys).to_have_text(["أولًا", "ثانيًا", "ثالثًا"])
    first, second, third = [(await box(each))["x"] for each in await keys.all()]
    assert first < second < third


@pytest.mark.parametrize(
    ("language", "message", "edited", "start"),
    [
        ("de", "Nachricht", "bearbeitet", "STARTEN"),
        ("ar", "رسالة", "معدّلة", "ابدأ"),
        ("uk", "Повідомлення", "змінено", "ПОЧАТИ"),
        ("fr", "Message", "edited", "START"),
    ],
)
async def test_a_phone_speaks_its_own_language(
    page: Page, bot: Bot, language: str, message: str, edited: str, start: str
) -> None:
    number = await bot.say(KRISTINA, "Did you meet?")
    await bot.call("editMessageText", chat_id=KRISTINA, message_id=number, text="How long?")
    kristina = phone(page, KRISTINA)
    await kristina.get_by_label("Telegram language").select_option(language)
    await expect(kristina.get_by_role("textbox", name=message)).to_have_attribute(
        "placeholder", message
    )
    await expect(kristina.locator(".edited")).to_have_text(edited)
    await kristina.get_by_label("Person on this phone").select_option("Amir Karimi")
    amir = phone(page, AMIR)
    await amir.get_by_label("Telegram language").select_option(language)
    await expect(amir.get_by_role("button", name=start, exact=True)).to_be_visible()


async def test_every_language_of_the_phones_says_everything(page: Page) -> None:
    """What a table leaves out is English: no word may be missing there."""
    unsaid = await page.evaluate(
        """async () => {
          const { wordsOf } = await import("/page/words.js");
          const named = [...document.getElementById("phone").content.querySelectorAll("*")];
          const keys = named.flatMap(({ dataset }) => [dataset.word, dataset.label]);
          return keys.filter((key) => key && !wordsOf("xx")[key]);
        }"""
    )
    assert unsaid == []


async def test_every_refusal_is_said_in_every_language_of_the_phones(page: Page) -> None:
    """What world.py refuses stands in words.js under its English sentence."""
    tree = ast.parse(inspect.getsource(world))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    refusals = {ast.literal_eval(c.args[0]) for c in calls if ast.unparse(c.func) == "Impossible"}
    silent = "The sandbox does not answer. Is it still running?"
    assert "Press Start first." in refusals
    unsaid = await page.evaluate(
        """async (sentences) => {
          const { wordsOf } = await import("/page/words.js");
          const pairs = ["de", "ar", "uk"].flatMap((code) => sentences.map((each) => [code, each]));
          return pairs.filter(([code, each]) => !wordsOf(code)[each]);
        }""",
        [*refusals, silent],
    )
    assert unsaid == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Telegram refuses this link:"), ("ar", "لا يقبل تيليجرام هذا الرابط:")],
)
async def test_a_start_that_telegram_refuses_says_so_on_that_phone(
    page: Page, bot: Bot, language: str, words: str
) -> None:
    await bot.say(PAOLA, "https://t.me/tandem_demo_bot?start=a.b")
    await phone(page, PAOLA).get_by_role("link", name="https://t.me/").click()
    asked = page.get_by_role("dialog", name="Open on which phone?")
    await asked.get_by_role("button", name="Amir Karimi").click()
    amir = phone(page, AMIR)
    await amir.get_by_label("Telegram language").select_option(language)
    await amir.locator(".start").click()
    refusal = amir.locator(".toast.refusal")
    await expect(refusal).to_contain_text(words)
    await expect(refusal).to_be_in_viewport(ratio=1)
    await expect(page.locator(".toast.refusal:visible")).to_have_count(1)
    await amir.get_by_role("button", name=re.compile("Put the link away|تجاهل الرابط")).click()
    await amir.locator(".start").click()
    await expect(refusal).to_be_hidden()
    assert (await bot.next_update())["message"]["text"] == "/start"


async def test_a_silent_sandbox_is_told_on_the_phone_and_the_words_are_kept(
    page: Page, running: Running
) -> None:
    await phone(page, PAOLA).get_by_role("textbox").fill("Hallo")
    await running.stop()
    await phone(page, PAOLA).get_by_role("textbox").press("Enter")
    refusal = phone(page, PAOLA).locator(".toast.refusal")
    await expect(refusal).to_have_text("Die Sandbox antwortet nicht. Läuft sie noch?")
    await expect(phone(page, PAOLA).get_by_role("textbox")).to_have_value("Hallo")


async def test_three_pages_at_once_do_not_freeze_each_other(
    browser: Browser, bot: Bot, running: Running
) -> None:
    """In one profile: its windows share six connections to a host."""
    number = await bot.say(KRISTINA, "Did you meet?", reply_markup=YES_OR_NO)
    profile = await browser.new_context()
    pages = [await profile.new_page() for _ in range(3)]
    for each in pages:
        await each.goto(running.url)
    for each in pages:
        await expect(message(each, KRISTINA, number)).to_be_visible()
        await message(each, KRISTINA, number).get_by_role("button", name="Yes").click()
        query = (await bot.next_update())["callback_query"]
        await bot.call("answerCallbackQuery", callback_query_id=query["id"])
        await write(each, PAOLA, "Hallo")
        assert (await bot.next_update())["message"]["text"] == "Hallo"
    for each in pages:
        await expect(phone(each, PAOLA).locator("article.mine")).to_have_count(3)
    assert [len(chat.lines) for chat in running.world.chats.values()][:4] == [3, 3, 3, 0]
    await profile.close()


async def test_phones_that_change_hands_go_on_hearing(page: Page, bot: Bot) -> None:
    await phone(page, RANA).get_by_label("Person on this phone").select_option("Amir Karimi")
    await phone(page, AMIR).get_by_role("button", name="START").click()
    await phone(page, PAOLA).get_by_label("Person on this phone").select_option("Kristina Alam")
    for person in (PAOLA, KRISTINA, AMIR):
        number = await bot.say(person, f"For {person}")
        await expect(message(page, person, number).locator(".text")).to_have_text(f"For {person}")
    people = await page.locator("section.phone").all()
    assert [await each.get_attribute("data-person") for each in people] == ["1002", "1001", "1006"]


async def test_a_newcomer_whom_the_bot_knows_is_in_the_programme(page: Page, bot: Bot) -> None:
    await phone(page, RANA).get_by_label("Person on this phone").select_option("Amir Karimi")
    plate = phone(page, AMIR).locator(".role")
    await expect(plate).to_have_text("Newcomer")
    menu = [{"command": "menu", "description": "Everything"}]
    await bot.call("setMyCommands", commands=menu, scope={"type": "chat", "chat_id": AMIR})
    await expect(plate).to_have_text("In the programme")
    name = "Phone of Amir Karimi, In the programme"
    await expect(page.get_by_role("region", name=name)).to_be_visible()
    await expect(page.locator("#lead")).to_contain_text("Amir (In the programme)")


async def test_without_further_buttons_there_is_no_place_for_them(page: Page) -> None:
    await page.get_by_role("button", name="Who is who").click()
    await expect(page.get_by_role("dialog", name="Who is who")).to_be_visible()
    await expect(page.locator(".behind")).to_be_hidden()


async def test_a_tap_reaches_the_bot_and_its_answer_is_shown(page: Page, bot: Bot) -> None:
    number = await bot.say(KRISTINA, "Did you meet?", reply_markup=YES_OR_NO)
    key = message(page, KRISTINA, number).get_by_role("button", name="Yes")
    await key.click()
    await expect(key).to_have_attribute("aria-busy", "true")
    await expect(phone(page, KRISTINA).locator(".state")).to_have_text("answering …")
    query = (await bot.next_update())["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("met:1", number)
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Saved")
    await expect(phone(page, KRISTINA).locator(".toast")).to_have_text("Saved")
    await expect(key).not_to_have_attribute("aria-busy", "true")
    await expect(phone(page, KRISTINA).locator(".state")).to_have_text("bot")


async def test_an_edit_stays_in_its_place_and_keeps_the_focus(page: Page, bot: Bot) -> None:
    first = await bot.say(KRISTINA, "Did you meet?", reply_markup=YES_OR_NO)
    await bot.say(KRISTINA, "Anything else?")
    card = message(page, KRISTINA, first)
    await card.get_by_role("button", name="No").focus()
    await bot.call(
        "editMessageText",
        chat_id=KRISTINA,
        message_id=first,
        text="How long?",
        reply_markup=keyboard(
            [{"text": "60 min", "callback_data": "a"}, {"text": "90 min", "callback_data": "b"}]
        ),
    )
    await expect(card.locator(".text")).to_have_text("How long?")
    await expect(card.locator(".edited")).to_have_text("edited")
    await expect(card.get_by_role("button", name="90 min")).to_be_focused()
    texts = phone(page, KRISTINA).locator("article .text")
    await expect(texts).to_have_text(["How long?", "Anything else?"])
    await bot.call("deleteMessage", chat_id=KRISTINA, message_id=first)
    await expect(texts).to_have_text(["Anything else?"])


@pytest.mark.parametrize("as_button", [False, True], ids=["in the text", "on a button"])
async def test_a_link_opens_on_another_phone(page: Page, bot: Bot, as_button: bool) -> None:
    link = "https://t.me/tandem_demo_bot?start=invite-1"
    if as_button:
        number = await bot.say(
            PAOLA, "For Amir:", reply_markup=keyboard([{"text": "Open", "url": link}])
        )
        await message(page, PAOLA, number).get_by_role("button", name="Open").click()
    else:
        number = await bot.say(PAOLA, f"For Amir: {link}.")
        await message(page, PAOLA, number).get_by_role("link", name=link).click()
    asked = page.get_by_role("dialog", name="Open on which phone?")
    await asked.get_by_role("button", name="Amir Karimi").click()
    begin = phone(page, AMIR).get_by_role("button", name="START")
    await expect(begin).to_be_focused()
    await begin.click()
    update = await bot.next_update()
    assert update["message"]["text"] == "/start invite-1"
    await expect(phone(page, AMIR).locator("article .text")).to_have_text(["/start"])
    assert update["message"]["from"]["id"] == AMIR
    await expect(phone(page, AMIR).get_by_role("textbox", name="Message")).to_be_focused()
    assert page.url.endswith("#1001,1002,1006")


async def test_who_has_not_started_sees_what_the_bot_can_do(page: Page, bot: Bot) -> None:
    await bot.call("setMyDescription", description="Meetings in two taps.")
    await bot.call("setMyDescription", description="Treffen mit zwei Tipps.", language_code="de")
    await phone(page, RANA).get_by_label("Person on this phone").select_option("Amir Karimi")
    amir = phone(page, AMIR)
    await expect(amir.locator(".description")).to_have_text("Meetings in two taps.")
    await amir.get_by_label("Telegram language").select_option("de")
    await expect(amir.locator(".description")).to_have_text("Treffen mit zwei Tipps.")
    await amir.get_by_role("button", name="STARTEN").click()
    update = await bot.next_update()
    assert update["message"]["text"] == "/start"
    assert update["message"]["from"]["language_code"] == "de"


async def test_the_last_own_message_can_be_written_again(page: Page, bot: Bot) -> None:
    await write(page, KRISTINA, "We mett")
    number = (await bot.next_update())["message"]["message_id"]
    await message(page, KRISTINA, number).locator(".bubble").dblclick()
    field = phone(page, KRISTINA).get_by_role("textbox", name="Message")
    await expect(field).to_have_value("We mett")
    await field.fill("We met")
    await field.press("Enter")
    assert (await bot.next_update())["edited_message"]["text"] == "We met"
    await expect(message(page, KRISTINA, number).locator(".text")).to_have_text("We met")
    await expect(field).to_have_value("")


async def test_commands_are_listed_and_sent(page: Page, bot: Bot) -> None:
    commands = [
        {"command": "menu", "description": "Everything in one place"},
        {"command": "meeting", "description": "Log a meeting"},
    ]
    await bot.call("setMyCommands", commands=commands)
    await phone(page, KRISTINA).get_by_role("button", name="Commands").click()
    menu = phone(page, KRISTINA).get_by_role("menu", name="Commands")
    await expect(menu.get_by_role("menuitem")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    assert (await bot.next_update())["message"]["text"] == "/meeting"
    await expect(menu).to_be_hidden()
    await phone(page, KRISTINA).get_by_role("textbox", name="Message").fill("/men")
    await expect(menu.get_by_role("menuitem")).to_have_count(1)


@pytest.mark.parametrize(
    ("label", "kind"), [("Sticker", "sticker"), ("Photo", "photo"), ("Voice message", "voice")]
)
async def test_attachments_are_sent(page: Page, bot: Bot, label: str, kind: str) -> None:
    await phone(page, KRISTINA).get_by_role("button", name="Attach").click()
    await phone(page, KRISTINA).get_by_role("menuitem", name=label).click()
    assert kind in (await bot.next_update())["message"]
    await expect(phone(page, KRISTINA).locator("article.mine")).to_have_count(1)


async def test_a_photo_opens_in_full(page: Page, bot: Bot) -> None:
    await phone(page, KRISTINA).get_by_role("button", name="Attach").click()
    await phone(page, KRISTINA).get_by_role("menuitem", name="Photo").click()
    await bot.next_update()
    await phone(page, KRISTINA).get_by_role("button", name="Open the photo").click()
    viewer = page.get_by_role("dialog", name="Photo")
    await expect(viewer).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(viewer).to_be_hidden()


async def test_whoever_blocks_the_bot_hears_nothing_until_they_return(page: Page, bot: Bot) -> None:
    kristina = phone(page, KRISTINA)
    await kristina.get_by_role("button", name="Chat options").click()
    await kristina.get_by_role("menuitem", name="Block the bot").click()
    await expect(kristina.get_by_role("button", name="Unblock")).to_be_visible()
    await expect(kristina.get_by_role("textbox", name="Message")).to_be_hidden()
    refused = await bot.call("sendMessage", chat_id=KRISTINA, text="Hello")
    assert refused["error_code"] == 403
    await kristina.get_by_role("button", name="Unblock").click()
    await expect(kristina.get_by_role("textbox", name="Message")).to_be_visible()


async def test_a_guest_gets_a_phone(page: Page) -> None:
    await page.get_by_role("button", name="New guest").click()
    form = page.get_by_role("dialog", name="New guest")
    await form.get_by_label("First name").fill("Bilal")
    await form.get_by_label("Telegram language").select_option("fa")
    await form.get_by_role("button", name="Add").click()
    guest = page.get_by_role("region", name="Phone of Bilal, Guest")
    await expect(guest.get_by_role("button", name="START")).to_be_visible()
    await expect(guest.get_by_label("Telegram language")).to_have_value("fa")


async def test_a_lost_line_is_taken_up_where_the_chat_stands(
    page: Page, bot: Bot, running: Running
) -> None:
    gone = await bot.say(KRISTINA, "Soon gone")
    await bot.say(KRISTINA, "Before")
    texts = phone(page, KRISTINA).locator("article .text")
    await expect(texts).to_have_text(["Soon gone", "Before"])
    await running.stop()
    running.world.remove(running.world.chats[KRISTINA], gone)
    await expect(phone(page, KRISTINA).locator(".state")).to_have_text("connecting …")
    again = await start(port=running.port, world=running.world)
    await bot.say(KRISTINA, "After")
    await expect(texts).to_have_text(["Before", "After"])
    await page.close()
    await again.stop()


async def test_the_newest_is_in_view_unless_one_has_scrolled_up(page: Page, bot: Bot) -> None:
    for number in range(3):
        last = await bot.say(KRISTINA, f"Message {number}" + "\nand a line" * 20)
    await expect(message(page, KRISTINA, last)).to_be_in_viewport()
    await phone(page, KRISTINA).get_by_role("log").hover()
    await page.mouse.wheel(0, -600)
    newest = phone(page, KRISTINA).get_by_role("button", name=re.compile("newest"))
    await expect(newest).to_be_visible()
    last = await bot.say(KRISTINA, "One more")
    await expect(newest).to_have_accessible_name("1 new, go to the newest")
    await expect(message(page, KRISTINA, last)).not_to_be_in_viewport()
    await newest.click()
    await expect(message(page, KRISTINA, last)).to_be_in_viewport()


async def test_a_phone_without_words_of_its_own_says_english_from_left_to_right(
    page: Page, bot: Bot
) -> None:
    """Persian: the words are not there, and the bot answers in another language."""
    kristina = phone(page, KRISTINA)
    number = await bot.say(KRISTINA, "Did you meet?", reply_markup=YES_OR_NO)
    await kristina.get_by_label("Telegram language").select_option("fa")
    field = kristina.get_by_role("textbox")
    await expect(field).to_have_attribute("dir", "ltr")
    await expect(kristina.locator(".options")).to_have_attribute("dir", "ltr")
    labels = message(page, KRISTINA, number).locator(".key > span")
    assert [await each.get_attribute("dir") for each in await labels.all()] == ["ltr", "ltr"]
    await field.fill("سلام")
    await expect(field).to_have_attribute("dir", "rtl")
    await kristina.get_by_label("Telegram language").select_option("ar")
    await field.fill("")
    await expect(field).to_have_attribute("dir", "rtl")
    await expect(kristina.locator(".options")).to_have_attribute("dir", "rtl")


async def test_a_narrow_screen_shows_one_phone_at_a_time(page: Page, bot: Bot) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(phone(page, PAOLA)).to_be_visible()
    await expect(phone(page, RANA)).to_be_hidden()
    await bot.say(RANA, "مرحبًا")
    tab = page.get_by_role("tab", name="Rana new message")
    await tab.click()
    await expect(phone(page, RANA).get_by_text("مرحبًا")).to_be_in_viewport()
    await expect(phone(page, PAOLA)).to_be_hidden()
    await expect(page.get_by_role("tab", name="Rana", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
