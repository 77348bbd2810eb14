"""An album on the page: one bubble, a list that a screen reader reads out, each part by itself."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.server import Running
from tests.browser.conftest import Bot, phone

pytestmark = pytest.mark.browser

KRISTINA = 1002


async def picture(running: Running, bot: Bot) -> str:
    """A file that the bot may send; the person's own message is gone again."""
    sent = running.world.send_photo(KRISTINA)
    running.world.remove(running.world.chats[KRISTINA], sent.message_id)
    await bot.next_update()
    assert sent.photo is not None
    return sent.photo.file_id


async def send(bot: Bot, *items: dict[str, Any]) -> list[int]:
    answer = await bot.call("sendMediaGroup", chat_id=KRISTINA, media=list(items))
    assert answer["ok"], answer
    return [each["message_id"] for each in answer["result"]]


def articles(page: Page) -> Locator:
    return phone(page, KRISTINA).get_by_role("log").get_by_role("article")


async def test_photos_and_a_video_are_one_album_with_the_words_of_its_only_caption(
    page: Page, bot: Bot, running: Running
) -> None:
    photo = {"type": "photo", "media": await picture(running, bot)}
    film = running.world.keep(b"\0\0\0\x18ftypmp42", "hills.mp4", "video/mp4", "video")
    video = {"type": "video", "media": film.file_id}
    await send(bot, photo, {**photo, "caption": "<b>Hills</b>", "parse_mode": "HTML"}, video)
    album = articles(page)
    await expect(album).to_have_count(1)
    await expect(album.get_by_role("list", name="Album").get_by_role("listitem")).to_have_count(3)
    await expect(album.get_by_role("button", name="Open the photo")).to_have_count(2)
    await expect(album.get_by_label("Video")).to_be_visible()
    await expect(album.locator(".bubble > .text b")).to_have_text("Hills")
    await expect(album.locator(".item .text")).to_have_count(0)
    await page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    first, second, third = [await box(each) for each in await album.locator(".item").all()]
    assert first["width"] > second["width"]
    assert second["y"] == third["y"]
    assert second["y"] > first["y"]


async def box(locator: Locator) -> Any:
    return await locator.bounding_box()


async def test_documents_keep_their_words_beside_them(
    page: Page, bot: Bot, running: Running
) -> None:
    files = [
        running.world.keep(b"x", name, "text/csv", "document").file_id
        for name in ("one.csv", "two.csv")
    ]
    items = [
        {"type": "document", "media": file, "caption": caption}
        for file, caption in zip(files, ("First", "Second"), strict=True)
    ]
    await send(bot, *items)
    parts = articles(page).get_by_role("listitem")
    await expect(parts.nth(0)).to_contain_text("one.csv")
    await expect(parts.nth(0)).to_contain_text("First")
    await expect(parts.nth(1)).to_contain_text("two.csv")
    await expect(parts.nth(1)).to_contain_text("Second")


async def test_a_part_of_an_album_is_edited_liked_answered_and_deleted(
    page: Page, bot: Bot, running: Running
) -> None:
    photo = {"type": "photo", "media": await picture(running, bot)}
    first, second = await send(bot, photo, photo)
    album = articles(page)
    place = {"chat_id": KRISTINA, "message_id": second}
    await bot.call("editMessageCaption", **place, caption="Evening")
    await expect(album.locator(".bubble > .text")).to_have_text("Evening")
    running.world.react(KRISTINA, second, "👍")
    liked = album.get_by_role("listitem").nth(1).get_by_role("button", name="Your reaction: 👍")
    await liked.click()
    await expect(liked).to_be_hidden()
    assert running.world.chats[KRISTINA].messages[second].liked == ""
    await album.get_by_role("listitem").nth(1).click(button="right")
    await phone(page, KRISTINA).get_by_role("menuitem", name="Reply").click()
    await page.keyboard.type("Lovely")
    await page.keyboard.press("Enter")
    answer = (await bot.next_update())["message"]
    assert answer["reply_to_message"]["message_id"] == second
    await bot.call("deleteMessage", chat_id=KRISTINA, message_id=first)
    await expect(album).to_have_count(2)
    await expect(album.first.get_by_role("list")).to_have_count(0)
    await expect(album.first.locator(".text")).to_have_text("Evening")
    await page.reload()
    await expect(album.first.locator(".text")).to_have_text("Evening")


async def test_an_album_is_there_after_a_reload_in_another_language(
    page: Page, bot: Bot, running: Running
) -> None:
    photo = {"type": "photo", "media": await picture(running, bot)}
    await send(bot, photo, photo)
    await page.reload()
    await expect(articles(page).get_by_role("listitem")).to_have_count(2)
    await phone(page, KRISTINA).get_by_label("Telegram language").select_option("ar")
    await expect(articles(page).get_by_role("list", name="ألبوم")).to_be_visible()
    await expect(articles(page)).to_have_count(1)
