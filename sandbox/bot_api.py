"""The Bot API over HTTP: bodies of every kind in, Telegram's JSON out, files down.

Source: core.telegram.org/bots/api#making-requests.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox import album, cards, media, methods, passage, reactions, webhook
from sandbox.faults import Fault, Trouble
from sandbox.keys import WORLD
from sandbox.methods import Method
from sandbox.refusal import Refused
from sandbox.request import Request
from sandbox.rules import Upload, check
from sandbox.world import World

METHODS: dict[str, Method] = {
    "getMe": methods.get_me,
    "getUpdates": methods.get_updates,
    "setWebhook": webhook.set_webhook,
    "deleteWebhook": webhook.delete_webhook,
    "getWebhookInfo": webhook.get_webhook_info,
    "sendMessage": methods.send_message,
    "sendPhoto": media.send_photo,
    "sendVideo": media.send_video,
    "sendMediaGroup": album.send_media_group,
    "sendDocument": media.send_document,
    "sendVoice": media.send_voice,
    "sendAudio": media.send_audio,
    "sendLocation": media.send_location,
    "sendVenue": media.send_venue,
    "copyMessage": media.copy_message,
    "setMessageReaction": reactions.set_message_reaction,
    "editMessageText": methods.edit_message_text,
    "editMessageCaption": methods.edit_message_caption,
    "editMessageReplyMarkup": methods.edit_message_reply_markup,
    "deleteMessage": methods.delete_message,
    "getFile": methods.get_file,
    "answerCallbackQuery": methods.answer_callback_query,
    "sendChatAction": methods.send_chat_action,
    "leaveChat": methods.leave_chat,
    "getChat": methods.get_chat,
    "setMyCommands": cards.set_my_commands,
    "deleteMyCommands": cards.delete_my_commands,
    "getMyCommands": cards.get_my_commands,
    "setMyName": cards.set_my_name,
    "getMyName": cards.get_my_name,
    "setMyDescription": cards.set_my_description,
    "getMyDescription": cards.get_my_description,
    "setMyShortDescription": cards.set_my_short_description,
    "getMyShortDescription": cards.get_my_short_description,
    "setChatMenuButton": cards.set_chat_menu_button,
    "getChatMenuButton": cards.get_chat_menu_button,
}
"""By their documented names; a call may write them in capitals or small letters."""
NAMES = {name.lower(): name for name in METHODS}

Meddle = Callable[[str, Mapping[str, object]], Fault | Trouble | None]
MEDDLE: web.AppKey[Meddle] = web.AppKey("meddle")


def add_to(app: web.Application, meddle: Meddle | None) -> None:
    app[MEDDLE] = meddle or (lambda _method, _body: None)
    webhook.add_to(app)
    app.router.add_route("GET", "/bot{token}/{method}", _call)
    app.router.add_route("POST", "/bot{token}/{method}", _call)
    app.router.add_get("/file/bot{token}/{path:.+}", _download)


async def _call(request: web.Request) -> web.StreamResponse:
    """One call from parameters to answer; polls that bring nothing are not logged."""
    world, asked = request.app[WORLD], request.match_info["method"]
    method = NAMES.get(asked.lower(), asked)
    began, body, told = time.perf_counter(), dict[str, object](), None
    trouble, result = None, None
    try:
        _check_token(request)
        body = await _body(request)
        trouble = _trouble(request, method, body)
        await passage.there(trouble)
        result = await _carry_out(world, method, body)
        answer = _answer({"ok": True, "result": result})
    except Refused as error:
        trouble, told = None, error.description
        answer = _refuse(error)
    except passage.Broken:
        result, answer = None, _answer({})
    trouble = trouble or world.faults.outage()
    if trouble is not None:
        told = trouble.fault.value
    if told or result or method != "getUpdates":
        world.note(method, _chat_of(body), told, (time.perf_counter() - began) * 1000)
    return await passage.back(request, trouble, answer)


def _trouble(request: web.Request, method: str, body: Mapping[str, object]) -> Trouble | None:
    meddled = request.app[MEDDLE](method, body)
    if meddled is not None:
        return Trouble(fault=meddled) if isinstance(meddled, Fault) else meddled
    world = request.app[WORLD]
    found = world.faults.of_call(method, _chat_of(body))
    if found is not None:
        world.stir()
    return found


async def _carry_out(world: World, method: str, body: Mapping[str, object]) -> Any:
    function = METHODS.get(method)
    if function is None:
        raise Refused(404, "Not Found")
    return await function(Request(world, check(method.lower(), body), body))


def _check_token(request: web.Request) -> None:
    if request.match_info["token"] != request.app[WORLD].token:
        raise Refused(401, "Unauthorized")


async def _body(request: web.Request) -> dict[str, object]:
    """Query string and body together, as the Bot API takes them."""
    given: dict[str, object] = dict(request.query)
    try:
        if request.content_type == "application/json":
            given |= _json(await request.text())
        elif request.content_type == "multipart/form-data":
            given |= await _multipart(request)
        elif request.can_read_body:
            given |= dict(await request.post())
    except web.HTTPRequestEntityTooLarge:
        raise Refused(413, "Request Entity Too Large") from None
    return given


def _json(text: str) -> dict[str, object]:
    try:
        body = json.loads(text or "{}")
    except ValueError:
        raise Refused(400, "Bad Request: can't parse JSON encoded request body") from None
    if not isinstance(body, dict):
        raise Refused(400, "Bad Request: expected an Object as request body")
    return body


async def _multipart(request: web.Request) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            mime = value.content_type or "application/octet-stream"
            given[name] = Upload(value.filename, mime, value.file.read())
            value.file.close()
        else:
            given[name] = value
    return given


def _chat_of(body: Mapping[str, object]) -> int | str | None:
    chat = body.get("chat_id")
    if isinstance(chat, str) and chat.isdigit():
        return int(chat)
    return chat if isinstance(chat, int | str) else None


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _refuse(error: Refused) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": error.code,
        "description": error.description,
    }
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return _answer(body, error.code)


async def _download(request: web.Request) -> web.StreamResponse:
    outage = request.app[WORLD].faults.outage()
    if outage is not None:
        return await passage.back(request, outage, _answer({}))
    try:
        _check_token(request)
    except Refused as error:
        return _refuse(error)
    files = request.app[WORLD].files.values()
    file = next((each for each in files if each.path == request.match_info["path"]), None)
    if file is None:
        return _refuse(Refused(404, "Not Found"))
    return web.Response(body=file.data, content_type="application/octet-stream")
