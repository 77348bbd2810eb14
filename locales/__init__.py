"""Every word: the gettext catalogues and the Speech that fills them."""

from locales.catalogues import load
from locales.sentence import Html, WrongValues
from locales.speech import (
    LANGUAGES,
    N_,
    NATIVE_NAMES,
    Speech,
    language_for,
    speech,
    standing_in,
)

__all__ = [
    "LANGUAGES",
    "NATIVE_NAMES",
    "N_",
    "Html",
    "Speech",
    "WrongValues",
    "language_for",
    "load",
    "speech",
    "standing_in",
]
