"""A defect of the words: where, which message, what is wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """One line of `python -m locales check`."""

    file: str
    message: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message!r}: {self.what}"
