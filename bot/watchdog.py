"""Who watches: systemd, by its protocol sd_notify(3); where it does not, a timer of our own."""

import faulthandler
import logging
import os
import socket

READY = "READY=1"
ALIVE = "WATCHDOG=1"
PATIENCE = 180.0
"""Seconds without a sign of life after which a process hangs; the unit's WatchdogSec."""
_STDERR = 2

_log = logging.getLogger(__name__)


def feed() -> None:
    """We are alive, says whoever is watched."""
    notify(ALIVE)


def guard() -> None:
    """As `feed`; without systemd's watchdog a process that hangs from now on ends itself.

    Exit code 1, after saying where each thread stood. The timer is the interpreter's own: a thread
    of ours would hang with a call that keeps the interpreter's lock. Nothing is ended in order, as
    that would hang as well; the next start goes on from what is on disk.
    """
    feed()
    if "WATCHDOG_USEC" not in os.environ:
        faulthandler.dump_traceback_later(PATIENCE, exit=True, file=_STDERR)


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
