"""Which versions of the tables this program knows: its migrations by their numbers."""

from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"


def numbered(folder: Path = MIGRATIONS) -> list[tuple[int, Path]]:
    """The migrations in their order."""
    return sorted((int(path.name[:4]), path) for path in folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
