"""The command line: run, demo, and what a host does. Whatever is wrong is said in one line."""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bot.logs import configure, describe, log_unheard
from bot.permissions import check_files, check_owner
from bot.settings import SettingError, Settings, load
from bot.spelling import check_names
from mentoring.template_file import TemplateError
from storage.database import DatabaseError


def run() -> None:
    """Serve the programme on Telegram until Ctrl-C."""
    from bot.house import run as serve
    from bot.watchdog import guard

    async def run(stop: asyncio.Event) -> None:
        own = settings(need_token=True)
        for line in (*check_files(own), *check_names()):
            logging.getLogger(__name__).warning("%s", line)
        await serve(own, stop, feed=guard)

    plainly(lambda: until_signal(run))


def migrate() -> None:
    """Bring the database's tables up to date (the start does so, too)."""
    from bot.host import migrate_alone

    plainly(lambda: migrate_alone(settings()))


def coordinator(name: str) -> None:
    """Print a one-time code, valid for 15 minutes, that makes a coordinator."""
    from bot.host import invite_coordinator

    plainly(lambda: invite_coordinator(settings(), name))


def health() -> None:
    """Say how long ago Telegram answered, and how late the oldest letter is; exit code 0 or 1."""
    from bot.health import report

    plainly(lambda: report(settings()))


def backup(file: Path, force: bool) -> None:
    """Copy the database, while the bot runs or not, and check the copy."""
    from bot.backup import back_up_to

    plainly(lambda: back_up_to(settings(), file, force=force))


def restore(file: Path) -> None:
    """Put a copy in the database's place; what was due before now is not sent again."""
    from bot.backup import restore_from

    plainly(lambda: restore_from(settings(), file))


def demo(port: int) -> None:
    """Play the programme in the browser, without a Telegram account."""
    from bot.demo import play

    plainly(lambda: until_signal(lambda stop: play(port, stop)))


COMMANDS = (run, migrate, coordinator, health, backup, restore, demo)


def main() -> None:
    """Does what the command line says; nothing said is a question."""
    try:
        given = vars(_parser().parse_args(sys.argv[1:] or ["--help"]))
        given.pop("command")(**given)
    finally:
        _end_output()


def _end_output() -> None:
    """Whoever reads may have seen enough and be gone, as `| head -1` is: no error of ours.

    Any other loss, such as a full disk's, is exit code 1.
    """
    try:
        print(end="", flush=True)
    except OSError as error:
        # Python writes what is left once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.exit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="The mentoring programme's bot.", allow_abbrev=False
    )
    added = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    of: dict[str, argparse.ArgumentParser] = {}
    for command in COMMANDS:
        name, told = command.__name__, command.__doc__
        of[name] = added.add_parser(name, help=told, description=told, allow_abbrev=False)
        of[name].set_defaults(command=command)
    of["coordinator"].add_argument(
        "name", nargs="?", default="", help="the coordinator's name; asked in the chat else"
    )
    of["backup"].add_argument("file", type=Path, help="where the copy is written")
    of["backup"].add_argument("--force", action="store_true", help="replace a file of that name")
    of["restore"].add_argument("file", type=Path, help="a copy that `backup` has made")
    of["demo"].add_argument(
        "--port",
        type=int,
        default=8765,
        help="port of the chat page, 1024 to 65534; the next one is taken, too (default: 8765)",
    )
    return parser


def settings(*, need_token: bool = False) -> Settings:
    settings = load(need_token=need_token)
    configure(settings.log_level, settings.secrets)
    check_owner(settings)
    return settings


def plainly(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it; an expected failure is one line and exit code 1, Ctrl-C none."""
    # What was imported stays: no later collection looks through it again (see bot/__main__.py).
    gc.freeze()
    gc.enable()
    os.umask(0o077)  # what we make is for our user alone
    try:
        asyncio.run(_watched(work))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # nobody reads what we print; what we send has errors of its own
        sys.exit(1)
    except Exception as error:
        _fail(_line(error))


def _fail(line: str) -> None:
    print(line, file=sys.stderr)
    sys.exit(1)


def _line(error: Exception) -> str:
    """What a host can mend says how; anything else says where it happened, and nobody's words."""
    from bot.polling import Stopped  # not for `health`, which is called each minute

    if isinstance(error, SettingError | DatabaseError | TemplateError | Stopped):
        return str(error)
    if isinstance(error, ExceptionGroup):
        return "; ".join(_line(each) for each in error.exceptions)
    # SQLite's own name for it, such as SQLITE_FULL: that tells a host what to mend.
    code = getattr(error, "sqlite_errorname", None)
    return f"Stopped by an error{f' ({code})' if code else ''}: {describe(error)}"


async def _watched(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.get_running_loop().set_exception_handler(log_unheard)
    await work()


async def until_signal(serve: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """SIGINT and SIGTERM ask it to end in order; what is being sent is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    await serve(stop)
