"""Write the template and bring every catalogue in step with the sources.

The files are made so that their diffs stay small: no dates, no line numbers, no wrapping, nobody's
address; a sentence that is gone takes its translation with it, and nothing is guessed.
"""

from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from locales.catalogues import NAME, path_of
from locales.plurals import FORMS
from locales.sources import Sentence, read_sources, sentences

ROOT = Path(__file__).resolve().parent.parent
SOURCE_LANGUAGE = "en"


def extract(root: Path = ROOT) -> list[Path]:
    """Write the template and the catalogues; returns the files that changed."""
    from locales.speech import LANGUAGES

    said = sentences(read_sources(root))
    wanted = {template_path(root): template_text(said)}
    for language in LANGUAGES:
        wanted[catalogue_path(root, language)] = fresh_text(root, language, said)
    return [path for path, text in wanted.items() if _written(path, text)]


def template_path(root: Path) -> Path:
    return root / "locales" / f"{NAME}.pot"


def catalogue_path(root: Path, language: str) -> Path:
    return path_of(language, root / "locales")


def template_of(said: list[Sentence]) -> Catalog:
    """The sentences as a catalogue without translations.

    Made anew for each language: `Catalog.update` puts the template's own messages into the other.
    """
    catalogue = Catalog(fuzzy=False)
    for sentence in said:
        _add(catalogue, sentence)
    return catalogue


def template_text(said: list[Sentence]) -> str:
    """The template as it should lie on disk."""
    return _header(None) + _body(template_of(said))


def fresh_text(root: Path, language: str, said: list[Sentence]) -> str:
    """The language's catalogue as it should lie on disk: its translations, these sentences."""
    catalogue = read(root, language)
    catalogue.update(template_of(said), no_fuzzy_matching=True)
    if language == SOURCE_LANGUAGE:
        _speak_for_itself(catalogue)
    return header(language) + _body(catalogue)


def header(language: str) -> str:
    """The head of a catalogue: language, charset and the plural forms by CLDR."""
    return _header(language)


def read(root: Path, language: str) -> Catalog:
    """The catalogue on disk; an empty one if there is none yet."""
    path = catalogue_path(root, language)
    text = path.read_bytes() if path.exists() else header(language).encode()
    return read_po(BytesIO(text), locale=language, abort_invalid=True)


def _written(path: Path, text: str) -> bool:
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
    return True


def _add(catalogue: Catalog, sentence: Sentence) -> None:
    catalogue.add(
        sentence.forms if len(sentence.forms) > 1 else sentence.forms[0],
        locations=[(sentence.file, sentence.line)],
        auto_comments=sentence.comments,
        context=sentence.context,
    )


def _speak_for_itself(catalogue: Catalog) -> None:
    for message in entries(catalogue):
        if message.fuzzy or not all(forms_of(message)):
            message.string = message.id
            message.flags.discard("fuzzy")


def entries(catalogue: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def forms_of(message: Message) -> tuple[str, ...]:
    """The translation's forms: one, or as many as the language has plurals."""
    string = message.string
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def sources_of(message: Message) -> tuple[str, ...]:
    """The English forms: one, or singular and plural."""
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def _header(language: str | None) -> str:
    about = ["Every sentence of Tandem. Written by `python -m locales extract`."]
    fields = ["Project-Id-Version: Tandem"]
    if language:
        about = [f"Tandem in {Locale.parse(language).english_name}."]
        fields.append(f"Language: {language}")
    fields += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    if language:
        fields.append(f"Plural-Forms: {FORMS[language]}")
    comment = "".join(f"# {line}\n" for line in about)
    return f'{comment}msgid ""\nmsgstr ""\n' + "".join(f'"{field}\\n"\n' for field in fields) + "\n"


def _body(catalogue: Catalog) -> str:
    for message in catalogue:
        # Babel takes "50 % done" for printf's "% d"; our placeholders are braces.
        message.flags.discard("python-format")
    written = BytesIO()
    write_po(
        written,
        catalogue,
        width=0,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return written.getvalue().decode("utf-8").rstrip("\n") + "\n"
