"""What systemd hears of us, by its protocol sd_notify(3): ready, and still alive."""

import logging
import os
import socket

READY = "READY=1"
ALIVE = "WATCHDOG=1"

_log = logging.getLogger(__name__)


def notify(state: str) -> None:
    """Says it to whoever supervises us; nothing where nobody does. Never raises.

    The socket is named by NOTIFY_SOCKET; one that begins with @ lies outside the file system.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as ear:
            ear.setblocking(False)
            ear.sendto(state.encode(), address)
    except OSError as error:
        _log.warning("NOTIFY_SOCKET: the supervisor did not hear %s: %s", state, error.strerror)
