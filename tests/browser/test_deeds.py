"""What a person does with a message, a file, a further phone, and by keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from sandbox.server import Running
from tests.browser.conftest import Bot, keyboard, phone

pytestmark = pytest.mark.browser

PAOLA, KRISTINA, RANA, OLENA = 1001, 1002, 1003, 1004
YES_OR_NO = keyboard(
    [{"text": "Yes", "callback_data": "met:1"}, {"text": "No", "callback_data": "met:0"}]
)


async def people(page: Page) -> list[str | None]:
    found = await page.locator("section.phone").all()
    return [await each.get_attribute("data-person") for each in found]


async def open_with(page: Page, running: Running, *who: int) -> None:
    await page.goto(f"{running.url}/#{','.join(map(str, who))}")
    await page.reload()
    calm = page.locator('section.phone .state[data-state="calm"]')
    await expect(calm).to_have_count(len(who))


async def test_a_bubble_is_answered(page: Page, bot: Bot) -> None:
    asked = await bot.say(KRISTINA, "Did you meet?")
    kristina = phone(page, KRISTINA)
    await kristina.get_by_role("button", name="Reply or react").click()
    await kristina.get_by_role("menuitem", name="Reply").click()
    field = kristina.get_by_role("textbox", name="Message")
    await expect(field).to_be_focused()
    await expect(kristina.locator(".editing")).to_contain_text("Did you meet?")
    await field.fill("Yes")
    await field.press("Enter")
    message = (await bot.next_update())["message"]
    assert message["reply_to_message"]["message_id"] == asked
    await expect(kristina.locator(".editing")).to_be_hidden()
    quote = kristina.locator("article.mine .quote")
    await expect(quote).to_have_text("TandemDid you meet?")
    await quote.click()
    await expect(kristina.locator(f'[data-message="{asked}"]')).to_be_focused()
    await field.fill("And")
    await field.press("Enter")
    assert "reply_to_message" not in (await bot.next_update())["message"]


async def test_escape_leaves_an_answer_and_keeps_the_words(page: Page, bot: Bot) -> None:
    await bot.say(KRISTINA, "Did you meet?")
    kristina = phone(page, KRISTINA)
    field = kristina.get_by_role("textbox", name="Message")
    await field.fill("Not yet")
    await kristina.locator("article .bubble").click(button="right")
    await kristina.get_by_role("menuitem", name="Reply").click()
    await page.keyboard.press("Escape")
    await expect(kristina.locator(".editing")).to_be_hidden()
    await expect(field).to_have_value("Not yet")
    await field.press("Enter")
    assert "reply_to_message" not in (await bot.next_update())["message"]


async def test_a_reaction_is_told_and_taken_back(page: Page, bot: Bot) -> None:
    await bot.call("getUpdates", allowed_updates=["message_reaction"])
    number = await bot.say(KRISTINA, "Well done", reply_markup=YES_OR_NO)
    kristina = phone(page, KRISTINA)
    await kristina.get_by_role("button", name="Reply or react").click()
    await kristina.get_by_role("menuitem", name="React with 🎉").click()
    reaction = (await bot.next_update())["message_reaction"]
    assert reaction["new_reaction"] == [{"type": "emoji", "emoji": "🎉"}]
    mine = kristina.get_by_role("button", name="Your reaction: 🎉")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await expect(kristina.get_by_role("button", name="Reply or react")).to_be_focused()
    await mine.click()
    assert (await bot.next_update())["message_reaction"]["new_reaction"] == []
    await expect(mine).to_be_hidden()
    thumb = [{"type": "emoji", "emoji": "👍"}]
    await bot.call("setMessageReaction", chat_id=KRISTINA, message_id=number, reaction=thumb)
    await expect(kristina.get_by_role("img", name="The bot’s reaction: 👍")).to_be_visible()
    await expect(kristina.locator(".edited")).to_have_count(0)


async def test_a_document_is_sent_and_another_downloaded(
    page: Page, bot: Bot, running: Running, tmp_path: Path
) -> None:
    kristina = phone(page, KRISTINA)
    await kristina.get_by_role("button", name="Attach").click()
    async with page.expect_file_chooser() as asked:
        await kristina.get_by_role("menuitem", name="Document").click()
    sheet = FilePayload(name="list.csv", mimeType="text/csv", buffer=b"\x00\xff,\xc3\xa4")
    await (await asked.value).set_files(sheet)
    document = (await bot.next_update())["message"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("list.csv", "text/csv")
    assert running.world.files[document["file_id"]].data == b"\x00\xff,\xc3\xa4"
    await bot.call("sendDocument", chat_id=KRISTINA, document=document["file_id"])
    async with page.expect_download() as download:
        await kristina.locator("article.from-bot").get_by_role("link", name="list.csv").click()
    saved = await download.value
    await saved.save_as(tmp_path / saved.suggested_filename)
    assert (tmp_path / "list.csv").read_bytes() == b"\x00\xff,\xc3\xa4"


async def test_the_bot_types_until_it_has_written(page: Page, bot: Bot) -> None:
    kristina = phone(page, KRISTINA)
    await bot.call("sendChatAction", chat_id=KRISTINA, action="typing")
    await expect(kristina.locator(".typing")).to_be_visible()
    await expect(kristina.get_by_role("status").first).to_have_text("answering …")
    await bot.say(KRISTINA, "Here")
    await expect(kristina.locator(".typing")).to_be_hidden()


async def test_places_and_sounds_are_shown(page: Page, bot: Bot, running: Running) -> None:
    running.world.send_voice(KRISTINA)
    voice = (await bot.next_update())["message"]["voice"]["file_id"]
    await bot.call("sendVoice", chat_id=KRISTINA, voice=voice)
    place = {"latitude": 48.1, "longitude": 11.5, "title": "Library", "address": "Gasteig 1"}
    await bot.call("sendVenue", chat_id=KRISTINA, **place)
    theirs = phone(page, KRISTINA).locator("article.from-bot")
    await expect(theirs.get_by_role("button", name="Play voice message")).to_be_visible()
    await expect(theirs.get_by_role("link", name="Library Gasteig 1")).to_be_visible()


async def test_four_phones_sit_side_by_side_and_all_of_six_can_be_reached(
    page: Page, running: Running
) -> None:
    await open_with(page, running, 1001, 1002, 1003, 1004)
    for each in await page.locator("section.phone").all():
        await expect(each).to_be_in_viewport(ratio=1)
    await expect(page.locator("#lead")).to_contain_text("Four phones, one bot")
    await open_with(page, running, 1001, 1002, 1003, 1004, 1005, 1006)
    await expect(phone(page, 1006)).not_to_be_in_viewport()
    await phone(page, 1006).get_by_role("button", name="START").focus()
    await expect(phone(page, 1006)).to_be_in_viewport(ratio=0.9)


async def test_a_phone_is_shown_and_put_away(page: Page, bot: Bot) -> None:
    who = page.get_by_role("button", name="Who is who")
    await who.click()
    await page.get_by_role("button", name="Show phone: Olena Kovalenko").click()
    await bot.say(OLENA, "Hello, Olena")
    await expect(phone(page, OLENA).get_by_text("Hello, Olena")).to_be_visible()
    await who.click()
    await page.get_by_role("button", name="Put away: Kristina Alam").click()
    assert await people(page) == ["1001", "1003", "1004"]
    assert page.url.endswith("#1001,1003,1004")
    await bot.say(RANA, "مرحبًا")
    await expect(phone(page, RANA).get_by_text("مرحبًا")).to_be_visible()
    ids = [await each.get_attribute("id") for each in await page.locator("section.phone").all()]
    assert ids == ["phone-0", "phone-1", "phone-2"]


async def test_the_last_phone_stays_and_six_are_enough(page: Page, running: Running) -> None:
    who = page.get_by_role("button", name="Who is who")
    await open_with(page, running, 1003)
    await who.click()
    await expect(page.get_by_role("button", name=re.compile("Put away"))).to_have_count(0)
    await page.keyboard.press("Escape")
    await open_with(page, running, 1001, 1002, 1003, 1004, 1005, 1006)
    await who.click()
    await expect(page.get_by_role("button", name=re.compile("Put away"))).to_have_count(6)
    await expect(page.get_by_role("button", name=re.compile("Show phone"))).to_have_count(0)


async def test_a_guest_gets_a_phone_of_their_own(page: Page) -> None:
    await page.get_by_role("button", name="New guest").click()
    form = page.get_by_role("dialog", name="New guest")
    await form.get_by_label("First name").fill("Bilal")
    await form.get_by_label("Show on").select_option("a phone of their own")
    await form.get_by_role("button", name="Add").click()
    await expect(page.get_by_role("region", name="Phone of Bilal, Guest")).to_be_visible()
    assert await people(page) == ["1001", "1002", "1003", "1008"]


async def test_five_tabs_fit_a_narrow_screen(page: Page, running: Running) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await open_with(page, running, 1001, 1002, 1003, 1004, 1005)
    for name in ("Paola", "Kristina", "Rana", "Olena", "Thomas"):
        await expect(page.get_by_role("tab", name=name)).to_be_in_viewport(ratio=1)
    await page.get_by_role("tab", name="Paola").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(phone(page, 1005)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_a_phone_is_used_by_keyboard_alone(page: Page, bot: Bot) -> None:
    """From the text field: a key of the card, then the menu of a message by the arrows."""
    first = await bot.say(KRISTINA, "Did you meet?", reply_markup=YES_OR_NO)
    await bot.say(KRISTINA, "Anything else?")
    kristina = phone(page, KRISTINA)
    await kristina.locator(f'[data-message="{first}"] .key').first.focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    assert (await bot.next_update())["callback_query"]["data"] == "met:0"
    await page.keyboard.press("Tab")
    await expect(kristina.get_by_role("button", name="Reply or react").last).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(kristina.get_by_role("menuitem", name="React with 👍")).to_be_focused()
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await expect(kristina.get_by_role("menuitem", name="Reply")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("No")
    await page.keyboard.press("Enter")
    answer = (await bot.next_update())["message"]
    assert (answer["text"], answer["reply_to_message"]["message_id"]) == ("No", first)


async def test_whatever_the_tab_key_reaches_has_a_name_and_a_visible_focus(
    page: Page, bot: Bot
) -> None:
    await bot.say(KRISTINA, "Did you meet?", reply_markup=YES_OR_NO)
    await page.get_by_role("button", name="Wire log").click()
    await page.locator(".faults summary").click()
    nameless, unseen, count = [], [], 0
    await page.locator(".skip").focus()
    while await page.evaluate("document.activeElement !== document.body"):
        told = await page.evaluate(
            """() => {
              const it = document.activeElement, style = getComputedStyle(it);
              const name = it.ariaLabel || it.innerText || it.labels?.[0]?.innerText
                || it.getAttribute("aria-labelledby");
              const composer = it.closest(".composer");
              const marked = style.outlineStyle !== "none" || it.classList.contains("skip")
                || (it.matches("textarea") && getComputedStyle(composer).boxShadow !== "none");
              return [it.outerHTML.slice(0, 90), Boolean(name?.trim()), marked];
            }"""
        )
        count += 1
        nameless += [told[0]] * (not told[1])
        unseen += [told[0]] * (not told[2])
        await page.keyboard.press("Tab")
    assert count > 30
    assert (nameless, unseen) == ([], [])


async def test_the_chat_is_read_out_as_it_comes(page: Page, bot: Bot) -> None:
    log = phone(page, KRISTINA).get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await bot.say(KRISTINA, "Did you meet?")
    article = log.get_by_role("article", name=re.compile(r"Tandem, \d\d:\d\d"))
    await expect(article).to_contain_text("Did you meet?")


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const each of colours) { canvas.fillStyle = each; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (parts) => {
    const [r, g, b] = parts.map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (each) => {
    const all = [];
    for (let at = each; at; at = at.parentElement)
      all.unshift(getComputedStyle(at).backgroundColor);
    return all;
  };
  const poor = [];
  for (const each of document.querySelectorAll("body *")) {
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const exempt = each.closest(".unseen, .skip, option, .avatar, :disabled");
    if (!own || exempt || !each.checkVisibility()) continue;
    const ground = behind(each);
    const [front, back] = [rgb([...ground, getComputedStyle(each).color]), rgb(ground)].map(light);
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) poor.push([each.className || each.tagName, each.textContent.slice(0, 20),
      Math.round(ratio * 100) / 100]);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_its_ground(
    page: Page, bot: Bot, running: Running, scheme: str
) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    asked = await bot.say(KRISTINA, "Did you <code>meet</code>?", parse_mode="HTML")
    answer = running.world.send_text(KRISTINA, "Yes /menu", reply_to=asked)
    place = {"latitude": 48.1, "longitude": 11.5, "title": "Library", "address": "Gasteig 1"}
    reply = {"message_id": answer.message_id}
    await bot.call("sendVenue", chat_id=KRISTINA, **place, reply_parameters=reply)
    running.world.send_document(KRISTINA, b"x", "list.csv", "text/csv")
    last = await bot.say(KRISTINA, "Last", reply_markup=YES_OR_NO)
    running.world.edit_text(KRISTINA, answer.message_id, "Yes indeed /menu")
    running.world.react(KRISTINA, last, "👍")
    await bot.call("sendMessage", chat_id=9, text="nobody")
    await page.get_by_role("button", name="Wire log").click()
    await page.locator(".faults summary").click()
    await expect(page.locator(".calls .why")).to_have_text("Bad Request: chat not found")
    await expect(phone(page, KRISTINA).locator(".reaction")).to_be_visible()
    await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finish()))")
    assert await page.evaluate(CONTRAST) == []
