"""No, in Telegram's words: what the Bot API answers instead of a result."""


class Refused(Exception):
    """An answer with ok = false; `retry_after` in whole seconds, only with code 429."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


class Impossible(Exception):
    """What a person cannot do on their phone, told to the page."""


def bad(reason: str) -> Refused:
    """400, as Client.cpp's fail_query_with_error writes it: the first letter in lower case,
    unless the reason is a constant (its second character is a capital or an underscore)."""
    if len(reason) < 2 or not (reason[1] == "_" or "A" <= reason[1] <= "Z"):
        reason = reason[:1].lower() + reason[1:]
    return Refused(400, f"Bad Request: {reason}")


def stricter(reason: str) -> Refused:
    """400 where Telegram would let it pass, or where its own words are not known."""
    return Refused(400, f"Bad Request: sandbox: {reason}")


def forbidden(reason: str) -> Refused:
    return Refused(403, f"Forbidden: {reason}")


def flooded(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", seconds)
