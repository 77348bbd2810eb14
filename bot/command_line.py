"""The command line: run, demo, migrate, coordinator. Whatever is wrong is said in one line."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer

from bot.logs import configure, describe, log_unheard
from bot.polling import Stopped
from bot.settings import SettingError, Settings, load
from mentoring.templates import TemplateError
from storage.database import DatabaseError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The mentoring programme's bot.")


@app.command()
def run() -> None:
    """Serve the programme on Telegram until Ctrl-C."""
    from bot.house import run as serve

    plainly(lambda: until_signal(lambda stop: serve(settings(need_token=True), stop)))


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date (the start does so, too)."""
    from bot.host import migrate_alone

    plainly(lambda: migrate_alone(settings()))


@app.command()
def coordinator(
    name: Annotated[
        str, typer.Argument(help="The coordinator's name; asked in the chat else.")
    ] = "",
) -> None:
    """Print a one-time code, valid for 15 minutes, that makes a coordinator."""
    from bot.host import invite_coordinator

    plainly(lambda: invite_coordinator(settings(), name))


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(help="Port of the chat page, 1024 to 65534; the next one is taken, too.")
    ] = 8765,
) -> None:
    """Play the programme in the browser, without a Telegram account."""
    from bot.demo import play

    plainly(lambda: until_signal(lambda stop: play(port, stop)))


def settings(*, need_token: bool = False) -> Settings:
    settings = load(need_token=need_token)
    configure(settings.log_level, settings.secrets)
    return settings


def plainly(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it; an expected failure is one line and exit code 1, Ctrl-C none."""
    try:
        asyncio.run(_watched(work))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        _fail(_line(error))


def _fail(line: str) -> None:
    typer.echo(line, err=True)
    sys.exit(1)


def _line(error: Exception) -> str:
    """What a host can mend says how; anything else says where it happened, and nobody's words."""
    if isinstance(error, SettingError | DatabaseError | TemplateError | Stopped):
        return str(error)
    if isinstance(error, ExceptionGroup):
        return "; ".join(_line(each) for each in error.exceptions)
    return f"Stopped by an error: {describe(error)}"


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
