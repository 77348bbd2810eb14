"""What a test does to a disk and to a database file, and takes away again."""

import asyncio
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 4 MB, for its owner alone; only root may mount one."""
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", "size=4m,mode=700", "tandem-test", str(folder))
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("a small disk is mounted here by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is free meanwhile."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    filler.unlink()


@asynccontextmanager
async def no_flush(pid: int) -> AsyncIterator[None]:
    """Whatever that process wants flushed to the disk fails with EIO meanwhile."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    calls = "fsync,fdatasync"
    tracer = await asyncio.create_subprocess_exec(
        *(str(strace), "-f", "-e", f"trace={calls}", "-e", f"inject={calls}:error=EIO"),
        *("-p", str(pid)), stderr=subprocess.PIPE,
    )  # fmt: skip
    assert tracer.stderr is not None
    try:
        if b"attached" not in (said := await tracer.stderr.readline()):
            pytest.skip(f"strace may not look at a process here: {said.decode()}")
        yield
        assert b"EIO" in await tracer.stderr.read()
    finally:
        with suppress(ProcessLookupError):
            tracer.terminate()
        await tracer.wait()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process is about to write, and takes its time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")
