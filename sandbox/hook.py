"""A webhook as it was set, and the courier who brings updates there."""

import ssl
from dataclasses import dataclass
from typing import Any

DAY = 24 * 3600
LONGEST_DELAY = 60.0
MOST_RETRY_AFTER = 3600.0


@dataclass(frozen=True, kw_only=True)
class Courier:
    """How updates are brought to a webhook; seconds.

    `local` is telegram-bot-api's switch of that name: webhooks over http, too, and at any port.
    `trust` says whose certificates are believed; without it, those that the system believes.
    """

    local: bool = False
    trust: ssl.SSLContext | None = None
    patience: float = 60.0
    first_delay: float = 1.0

    def delay(self, failures: int, retry_after: float, spread: float) -> float:
        """Until the next try after so many failures in a row; `spread` is from 0 to 1.

        Source: WebhookActor.cpp, on_update_error: the first two come after a second, then it
        doubles, up to one or two minutes; a Retry-After goes before, up to an hour.
        """
        if retry_after > 0:
            return min(retry_after, MOST_RETRY_AFTER)
        most = LONGEST_DELAY * (1 + spread)
        return min(self.first_delay * 2.0 ** max(failures - 2, 0), most)


@dataclass(kw_only=True)
class Hook:
    """What setWebhook was told, and what went wrong since; instants are Unix seconds."""

    url: str
    secret: str
    max_connections: int
    last_error_date: int = 0
    last_error_message: str = ""

    def info(self) -> dict[str, Any]:
        """The part of WebhookInfo that speaks of the address."""
        told: dict[str, Any] = {"url": self.url, "max_connections": self.max_connections}
        if self.last_error_date:
            told["last_error_date"] = self.last_error_date
            told["last_error_message"] = self.last_error_message
        return told
