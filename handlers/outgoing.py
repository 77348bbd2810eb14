"""What leaves for Telegram: a method of the bot and its parameters, as plain values."""

from dataclasses import dataclass, replace

from locales import Html, speech

_TEXTS = {"send_message": "text", "send_photo": "caption", "send_document": "caption"}
"""Where the words of a message stand."""


@dataclass(frozen=True)
class Outgoing:
    """A call of the Bot API without its chat. `method` is a method of telegram.Bot."""

    method: str
    params: dict[str, object]


def marked(outgoing: Outgoing, language: str) -> Outgoing:
    """The message with a first line that says it may have arrived before; others unchanged."""
    field = _TEXTS.get(outgoing.method)
    if field is None:
        return outgoing
    t = speech(language)
    # Translators: first line of a message that may have been delivered twice
    note = t("↻ You may have received this message already.")
    text = t.lines(Html(f"<i>{note}</i>"), Html(outgoing.params.get(field) or ""))
    return replace(outgoing, params={**outgoing.params, field: text})
