"""The catalogues on disk: one .po a language, compiled in memory, so that none is ever stale."""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

PLACE = Path(__file__).resolve().parent
NAME = "tandem"


def path_of(language: str, place: Path = PLACE) -> Path:
    """Where the language's catalogue lies."""
    return place / language / "LC_MESSAGES" / f"{NAME}.po"


def load(language: str, place: Path = PLACE) -> NullTranslations:
    """Read and compile a catalogue; fuzzy and empty entries stay English.

    Raises FileNotFoundError for a language without one.
    """
    return compiled(path_of(language, place).read_bytes(), language)


def compiled(catalogue: bytes, language: str) -> NullTranslations:
    """The text of a .po file, ready to translate."""
    # Imported at first use: a command that says nothing need not wait for the parser.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    binary = BytesIO()
    write_mo(binary, read_po(BytesIO(catalogue), locale=language, abort_invalid=True))
    binary.seek(0)
    return GNUTranslations(binary)
