"""Read the sentences out of the sources, and find what the catalogues could never hold.

Read from the syntax tree: Babel's own reader, which goes by tokens, silently leaves out a sentence
that stands in parentheses inside another call: `say("Sure?", keyboard(Button(label("b", "Yes"))))`.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from locales.defects import Defect

ROOMS = ("bot", "handlers")
TAG = "Translators:"


@dataclass(frozen=True)
class Keyword:
    """A function that says something: which arguments hold its words."""

    messages: tuple[int, ...] = (0,)
    context: int | None = None
    composed: bool = False  # takes Html as well: mypy sees to it that it is


KEYWORDS = {
    "t": Keyword(),
    "say": Keyword(),
    "show": Keyword(composed=True),
    "N_": Keyword(),
    "plural": Keyword(messages=(0, 1)),
    "label": Keyword(messages=(1,), context=0),
    "term": Keyword(messages=(1,), context=0),
}


@dataclass(frozen=True)
class Sentence:
    """One sentence of the sources, with what its translators should know."""

    file: str
    line: int
    forms: tuple[str, ...]  # one, or singular and plural
    context: str | None
    comments: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What may be said without being a literal."""

    tables: set[tuple[str, str | None]]  # constants of marked words: name and context
    forwarded: set[int]  # ids of the nodes that hand a keyword's own parameter on


@dataclass(frozen=True)
class Source:
    """One file, parsed."""

    file: str
    tree: ast.Module
    remarks: dict[int, str]  # lines that are nothing but a comment

    def calls(self) -> list[tuple[str, ast.Call]]:
        """Every call of a keyword, in the order of the file."""
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call) and node.args]
        said = [(_called(call), call) for call in calls if _called(call) in KEYWORDS]
        return sorted(said, key=lambda pair: (pair[1].lineno, pair[1].col_offset))


def read_sources(root: Path) -> list[Source]:
    """Every Python file of the rooms that speak, sorted."""
    paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    return [_parsed(path, path.relative_to(root).as_posix()) for path in paths]


def sentences(sources: list[Source]) -> list[Sentence]:
    """What the catalogues must hold. What is not a literal is left to `unspeakable`."""
    return [sentence for source in sources for sentence in _sentences(source)]


def unspeakable(sources: list[Source]) -> list[Defect]:
    """Calls whose words are no literals: they would be said in English for ever.

    Allowed besides a literal: an entry of a constant table whose words are marked by `N_` (with
    the same context); the parameter that `say` itself hands on to `t`; and for `show`, whose
    parameter is typed Html, text that is composed already.
    """
    tables = _tables(sources)
    return [
        Defect(f"{source.file}:{node.lineno}", ast.unparse(node)[:60], what)
        for source in sources
        for node, what in _faults(source, tables)
    ]


def _parsed(path: Path, file: str) -> Source:
    text = path.read_text("utf-8")
    return Source(file, ast.parse(text, filename=file), _remarks(text))


def _remarks(text: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    alone = [token for token in comments if token.line.lstrip().startswith("#")]
    return {token.start[0]: token.string.lstrip("#").strip() for token in alone}


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _literal(node: ast.expr | None) -> str | None:
    match node:
        case ast.Constant(value=str(text)) if text:
            return text
    return None


def _arguments(name: str, call: ast.Call) -> list[ast.expr]:
    return [call.args[place] for place in KEYWORDS[name].messages if place < len(call.args)]


def _context(name: str, call: ast.Call) -> ast.expr | None:
    if name == "N_":
        return next((word.value for word in call.keywords if word.arg == "context"), None)
    place = KEYWORDS[name].context
    return None if place is None else call.args[place]


def _sentences(source: Source) -> Iterator[Sentence]:
    statements = _first_lines(source.tree)
    for name, call in source.calls():
        arguments = _arguments(name, call)
        forms = tuple(text for text in map(_literal, arguments) if text)
        if len(forms) == len(KEYWORDS[name].messages):
            lines = (arguments[0].lineno, call.lineno, statements[id(call)])
            yield Sentence(
                file=source.file,
                line=call.lineno,
                forms=forms,
                context=_literal(_context(name, call)),
                comments=_comments(source, lines),
            )


def _first_lines(tree: ast.Module) -> dict[int, int]:
    """Where the simple statement round each node begins, by the node's id."""
    simple = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not isinstance(getattr(node, "body", None), list)
    ]
    lines = {id(node): getattr(node, "lineno", 0) for node in ast.walk(tree)}
    return lines | {id(node): top.lineno for top in simple for node in ast.walk(top)}


def _comments(source: Source, lines: tuple[int, ...]) -> tuple[str, ...]:
    """The remark right above the words, the call or the statement: the nearest one counts."""
    blocks = (_block_above(source.remarks, line) for line in lines)
    return next((block for block in blocks if block), ())


def _block_above(remarks: dict[int, str], line: int) -> tuple[str, ...]:
    above = list(takewhile(lambda number: number in remarks, range(line - 1, 0, -1)))
    texts = [remarks[number] for number in reversed(above)]
    tagged = [place for place, text in enumerate(texts) if text.startswith(TAG)]
    if not tagged:
        return ()
    return (" ".join(texts[tagged[-1] :]).removeprefix(TAG).strip(),)


def _tables(sources: list[Source]) -> set[tuple[str, str | None]]:
    """Constants of marked words, as (name, context)."""
    assigned = [pair for source in sources for pair in _constants(source.tree)]
    return {
        (name, _literal(_context("N_", node)))
        for name, value in assigned
        if not _holds_bare_text(value)
        for node in ast.walk(value)
        if isinstance(node, ast.Call) and _called(node) == "N_"
    }


def _forwarded(tree: ast.Module) -> set[int]:
    """Uses of a keyword's own parameters inside its definition: `def say(self, sentence)`."""
    keywords = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in KEYWORDS
    ]
    return {
        id(node)
        for function in keywords
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in _parameters(function)
    }


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)}


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
                name.isupper()
            ):
                yield name, value


def _holds_bare_text(value: ast.expr) -> bool:
    match value:
        case ast.Dict(values=items) | ast.Tuple(elts=items) | ast.List(elts=items):
            return any(_holds_bare_text(item) for item in items)
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _faults(source: Source, tables: set[tuple[str, str | None]]) -> Iterator[tuple[ast.expr, str]]:
    known = Known(tables, _forwarded(source.tree))
    for name, call in source.calls():
        yield from (
            (node, f"{name} takes {rule}") for node, rule in _wrong_arguments(name, call, known)
        )
    for node in _bare_lines(source.tree):
        yield node, "lines escapes bare text and translates nothing: t(...) or Html(...)"


def _bare_lines(tree: ast.Module) -> Iterator[ast.expr]:
    """Texts of ours among the parts of a card: neither translated nor marked as HTML."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "lines":
            yield from (
                part for part in node.args if isinstance(part, ast.JoinedStr) or _literal(part)
            )


def _wrong_arguments(name: str, call: ast.Call, known: Known) -> Iterator[tuple[ast.expr, str]]:
    context = _context(name, call)
    if context is not None and _literal(context) is None:
        yield context, "a literal context"
    if len(_arguments(name, call)) < len(KEYWORDS[name].messages):
        yield call, "more arguments"
    for argument in _arguments(name, call):
        if not _is_speakable(name, argument, _literal(context), known):
            yield argument, "a literal, not empty, or an N_ table's entry"


def _is_speakable(name: str, argument: ast.expr, context: str | None, known: Known) -> bool:
    if _literal(argument) is not None or id(argument) in known.forwarded:
        return True
    if KEYWORDS[name].composed:
        return isinstance(argument, ast.Name | ast.Attribute | ast.Call | ast.Await)
    return name != "N_" and any((word, context) in known.tables for word in _chain(argument))


def _chain(node: ast.expr) -> Iterator[str]:
    """The names in `words.TITLES[kind].short`, from right to left."""
    match node:
        case ast.Subscript(value=inner):
            yield from _chain(inner)
        case ast.Attribute(value=inner, attr=name):
            yield name
            yield from _chain(inner)
        case ast.Name(id=name):
            yield name
