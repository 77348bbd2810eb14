"""Files that others may read or write: a warning or a refusal, in one line with the remedy."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.permissions import check_files, check_owner
from bot.settings import SettingError
from tests.faults.hosted import Host


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A folder with a database and an .env of its owner alone."""
    monkeypatch.chdir(tmp_path)
    for name in ("tandem.sqlite3", ".env"):
        (tmp_path / name).touch(0o600)
    return Host(tmp_path)


def test_files_of_their_owner_alone_are_not_spoken_of(host: Host) -> None:
    assert check_files(host.settings) == []


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o660])
def test_what_others_may_read_is_warned_of(host: Host, mode: int) -> None:
    log = host.folder / "tandem.sqlite3-wal"
    log.touch()
    for file in (host.database, log, Path(".env")):
        file.chmod(mode)
    assert check_files(host.settings) == [
        f"{name}: others may read or write {file}; run: chmod 600 {file}"
        for name, file in (
            ("DATABASE_URL", host.database),
            ("DATABASE_URL", log),
            ("BOT_TOKEN", ".env"),
        )
    ]


@pytest.mark.parametrize(("name", "file"), [("DATABASE_URL", "database"), ("BOT_TOKEN", ".env")])
def test_what_everybody_may_write_is_refused(host: Host, name: str, file: str) -> None:
    path = host.database if file == "database" else Path(".env")
    path.chmod(0o602)
    with pytest.raises(SettingError) as caught:
        check_files(host.settings)
    assert str(caught.value) == f"{name}: everybody may write {path}; run: chmod 600 {path}"


@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_a_folder_that_everybody_may_write_to_is_refused(host: Host, mode: int) -> None:
    folder = host.folder / "open"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(SettingError, match=r"everybody may write to the folder .*chmod 700"):
        check_files(Host(folder).settings)


@pytest.mark.parametrize(
    ("mode", "is_named"), [(0o700, False), (0o755, False), (0o770, True), (0o1777, True)]
)
def test_a_folder_of_copies_that_others_may_write_to_is_warned_of(
    host: Host, mode: int, is_named: bool
) -> None:
    folder = host.folder / "backups"
    settings = replace(host.settings, backup_folder=folder)
    assert check_files(settings) == []
    folder.mkdir()
    folder.chmod(mode)
    line = f"BACKUP_FOLDER: others may write to the folder {folder}; run: chmod 700 {folder}"
    assert check_files(settings) == [line] * is_named


async def test_a_bot_refuses_to_start_and_says_why(host: Host) -> None:
    host.database.chmod(0o666)
    done = await host.command("run")
    assert done.code == 1
    assert done.wrong == [
        f"DATABASE_URL: everybody may write {host.database}; run: chmod 600 {host.database}"
    ]


async def test_what_the_bot_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    host = Host(tmp_path / "new")
    host.folder.mkdir(0o700)
    before = os.umask(0)
    try:
        assert (await host.command("migrate")).code == 0
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in host.folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_is_sent_to_the_databases_owner(host: Host) -> None:
    check_owner(host.settings)
    os.chown(host.database, 54321, 54321)
    with pytest.raises(SettingError) as caught:
        check_owner(host.settings)
    assert str(caught.value) == (
        f"DATABASE_URL: {host.database} belongs to #54321; run this as #54321, "
        "like: sudo -u #54321 …"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_makes_no_database_in_somebody_elses_folder(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    host = Host(folder / "new")
    check_owner(host.settings)
    os.chown(folder, 54321, 54321)
    with pytest.raises(SettingError, match=f"DATABASE_URL: {folder} belongs to #54321; run this"):
        check_owner(host.settings)
