"""The SQL, one file per subject; a statement stands below its name (`-- name`)."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def statements(subject: str) -> dict[str, str]:
    """The subject's statements by name, comments taken off."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (_FOLDER / f"{subject}.sql").read_text(encoding="utf-8").splitlines():
        if line.startswith("-- name "):
            lines = found.setdefault(line.removeprefix("-- name ").strip(), [])
        elif line.strip() and not line.startswith("--"):
            lines.append(line)
    return {name: "\n".join(lines).rstrip(";") for name, lines in found.items()}
