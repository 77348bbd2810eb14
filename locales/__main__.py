"""The words' tools: `extract` after changing a sentence, `check` before a push."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from locales.check import check, has_msgfmt
from locales.extract import ROOT, extract


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Returns the exit status: 1 if `check` found a defect."""
    parser = argparse.ArgumentParser(prog="python -m locales", description=__doc__)
    parser.add_argument("deed", choices=("extract", "check"))
    if parser.parse_args(arguments).deed == "extract":
        _print(f"wrote {path.relative_to(root).as_posix()}" for path in extract(root))
        return 0
    defects = check(root)
    _print(str(defect) for defect in defects)
    if not has_msgfmt():
        _print(["msgfmt is not installed: its own checks were left out"])
    return 1 if defects else 0


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
