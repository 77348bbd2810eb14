"""The command line: whatever is wrong is one line that names it, and nothing secret is in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOKEN = "123456789:SECRETsecretSECRETsecretSECRETsecret"


def bot(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", ""),
        ("BOT_TOKEN", "not-a-token"),
        ("TELEGRAM_API_URL", "telegram"),
        ("DATABASE_URL", "postgresql://x"),
        ("DEFAULT_LANGUAGE", "xx"),
        ("TIMEZONE", "Mars/Base"),
        ("LOG_LEVEL", "LOUD"),
        ("TEMPLATE", "gone.toml"),
    ],
)
def test_a_wrong_setting_refuses_to_start_with_one_line(
    tmp_path: Path, name: str, value: str
) -> None:
    environment = {"BOT_TOKEN": TOKEN, name: value}
    done = bot("run", folder=tmp_path, **environment)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(name) or (name == "TEMPLATE" and line.startswith("gone.toml: "))
    assert "SECRET" not in line


def test_a_coordinators_code_is_printed_without_a_running_bot(tmp_path: Path) -> None:
    done = bot("coordinator", "Paola Stenger", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].endswith("within 15 minutes; it works once:")
    assert done.stdout.splitlines()[1].startswith("/start ")


def test_migrate_says_where_the_tables_are(tmp_path: Path) -> None:
    done = bot("migrate", folder=tmp_path)
    assert (done.returncode, done.stdout) == (
        0,
        f"{tmp_path / 'tandem.sqlite3'}: tables are at 5.\n",
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["health", "coordinator", "--help"])
def test_whoever_reads_no_more_gets_no_traceback(
    tmp_path: Path, command: str, unbuffered: str
) -> None:
    """As `| head -1` does, which ends when it has its line."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = {
        "PYTHONPATH": str(Path.cwd()),
        "PYTHONUNBUFFERED": unbuffered,
        "LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", command],
        cwd=tmp_path,
        env={**os.environ, **environment},
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode in (0, 1)


def test_what_a_full_disk_does_not_take_is_an_exit_code_and_no_traceback() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=Path.cwd(),
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"")
