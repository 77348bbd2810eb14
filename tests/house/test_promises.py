"""What the house promises of its own tree: names, sizes, addresses, SQL, commands and links.

Each promise is a function of a root that returns what breaks it; a planted defect proves each.
"""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "handlers", "locales", "mentoring", "sandbox", "storage")
FOLDERS = {*ROOMS, "docs", "tests"}
PICTURES = "docs/pictures"

FILE_LIMIT = 300
FUNCTION_LIMIT = 40
VAGUE = {"utils", "helpers", "common", "misc", "manager", "base", "data", "process"}

_REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|index[-_]url|find[-_]links")
_MACHINE = re.compile(r"(?<![\w./~-])/(?:work|root|home|opt|tmp|Users)/\w")
_TOKEN = re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_MAKE = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)
_COMMAND = re.compile(r"python -m bot ([a-z]+)")

Promise = Callable[[Path], Iterator[str]]


def files(root: Path) -> Iterator[Path]:
    """Every file of the tree that is ours: no caches, no environment, no database."""
    for path in sorted(root.iterdir()):
        if path.is_file() and path.name not in (".env", ".git", ".venv-install.log"):
            yield path
        elif path.name in FOLDERS or path.name == ".ci":
            yield from (p for p in sorted(path.rglob("*")) if p.is_file() and _is_ours(p))


def _is_ours(path: Path) -> bool:
    return "__pycache__" not in path.parts


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every file that is text."""
    for path in files(root):
        try:
            yield path.relative_to(root).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def modules(root: Path, *rooms: str) -> Iterator[tuple[str, str, ast.Module]]:
    """Name, text and tree of every module in the rooms."""
    for name, text in texts(root):
        if name.endswith(".py") and name.split("/", 1)[0] in rooms:
            yield name, text, ast.parse(text, filename=name)


def strange_folders(root: Path) -> Iterator[str]:
    there = {path.name for path in root.iterdir() if path.is_dir()}
    visible = {name for name in there if not name.startswith(".")} - {"data"}
    yield from (f"{name}/ is no room" for name in sorted(visible - FOLDERS))
    yield from (f"{name}/ is missing" for name in sorted({*FOLDERS, ".ci"} - there))


def vague_names(root: Path) -> Iterator[str]:
    for path in files(root):
        relative = path.relative_to(root)
        if VAGUE & {*relative.parts[:-1], relative.stem}:
            yield f"{relative.as_posix()} says nothing by its name"
    for name, _, tree in modules(root, *ROOMS):
        for node in tree.body:
            if isinstance(node, FUNCTIONS) and node.name.startswith("handle_"):
                yield f"{name}: {node.name} says nothing by its name"


def mute_modules(root: Path) -> Iterator[str]:
    for name, text, tree in modules(root, *ROOMS, "tests"):
        if text.strip() and ast.get_docstring(tree) is None:
            yield f"{name} does not say what it is for"


def long_files(root: Path) -> Iterator[str]:
    for name, text, _ in modules(root, *ROOMS):
        if (lines := len(text.splitlines())) > FILE_LIMIT:
            yield f"{name} has {lines} lines"


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def long_functions(root: Path) -> Iterator[str]:
    for name, _, tree in modules(root, *ROOMS):
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LIMIT:
                    yield f"{name}: {node.name} has {lines} lines"


def addresses(root: Path) -> Iterator[str]:
    """Addresses of a package registry and paths of somebody's machine."""
    for name, text in texts(root):
        for number, line in enumerate(text.splitlines(), 1):
            if found := _REGISTRY.search(line) or _MACHINE.search(line):
                yield f"{name}:{number} names {found[0]}"


def tokens(root: Path) -> Iterator[str]:
    """Whatever looks like a bot's token; those of the tests open nothing."""
    for name, text in texts(root):
        if not name.startswith("tests/") and _TOKEN.search(text):
            yield f"{name} holds a token"


def composed_sql(root: Path) -> Iterator[str]:
    """Statements put together at run time, where a value could become SQL.

    PRAGMA and SAVEPOINT take no parameters; their composed part is a constant of the program.
    """
    for name, _, tree in modules(root, "storage", "bot"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _is_composed(node):
                yield f"{name}:{node.lineno} composes its SQL"


def _is_composed(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or not call.func.attr.startswith("execute"):
        return False
    match call.args[0]:
        case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]):
            return not begin.lower().startswith(("pragma ", "savepoint ", "release ", "rollback "))
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Call(func=ast.Attribute(attr="format" | "join")):
            return True
    return False


def unknown_commands(root: Path) -> Iterator[str]:
    """`make …` and `python -m bot …` in the documents, as far as they do not exist."""
    makefile = (root / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    commands = set(_bot_commands(root))
    for name, text in _documents(root):
        known = chain(
            (f"make {word}" for word in _MAKE.findall(text) if word not in targets),
            (f"python -m bot {word}" for word in _COMMAND.findall(text) if word not in commands),
        )
        yield from (f"{name}: {command} does not exist" for command in dict.fromkeys(known))


def _bot_commands(root: Path) -> Iterator[str]:
    for name, _, tree in modules(root, "bot"):
        if name == "bot/command_line.py":
            for node in tree.body:
                match node:
                    case ast.Assign([ast.Name("COMMANDS")], ast.Tuple(commands)):
                        yield from (each.id for each in commands if isinstance(each, ast.Name))


def dead_links(root: Path) -> Iterator[str]:
    """Relative links that lead nowhere. The pictures are taken last: all may be missing."""
    for name, text in _documents(root):
        for target in _LINK.findall(_FENCE.sub("", text)):
            path = target.partition("#")[0]
            if not path or ":" in path:
                continue
            found = (root / name).parent / path
            absent = PICTURES in found.as_posix() and not (root / PICTURES).exists()
            if not found.exists() and not absent:
                yield f"{name}: {target} leads nowhere"


def _documents(root: Path) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in texts(root) if name.endswith(".md"))


PROMISES: tuple[Promise, ...] = (
    strange_folders,
    vague_names,
    mute_modules,
    long_files,
    long_functions,
    addresses,
    tokens,
    composed_sql,
    unknown_commands,
    dead_links,
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_the_house_keeps_its_promise(promise: Promise) -> None:
    assert list(promise(ROOT)) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house that keeps every promise."""
    for folder in (*FOLDERS, ".ci"):
        (tmp_path / folder).mkdir()
    (tmp_path / "Makefile").write_text("demo:\n", "utf-8")
    (tmp_path / "README.md").write_text("`make demo`, [more](docs/more.md#top)\n", "utf-8")
    (tmp_path / "docs" / "more.md").write_text("`python -m bot run`\n", "utf-8")
    (tmp_path / "bot" / "__init__.py").touch()
    entry = '"""The command line."""\n\nCOMMANDS = (run,)\n'
    (tmp_path / "bot" / "command_line.py").write_text(entry, "utf-8")
    return tmp_path


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_a_good_house_breaks_nothing(house: Path, promise: Promise) -> None:
    assert list(promise(house)) == []


DOC = '"""A room."""\n'
FAKE = "12345678" + ":" + "A" * 35


@pytest.mark.parametrize(
    ("promise", "file", "text", "found"),
    [
        (strange_folders, "lib/x.txt", "", "lib/ is no room"),
        (vague_names, "bot/utils.py", DOC, "bot/utils.py says nothing by its name"),
        (vague_names, "docs/misc/x.md", "", "docs/misc/x.md says nothing by its name"),
        (
            vague_names,
            "handlers/menu.py",
            DOC + "def handle_menu(): ...\n",
            "handlers/menu.py: handle_menu says nothing by its name",
        ),
        (mute_modules, "bot/x.py", "A = 1\n", "bot/x.py does not say what it is for"),
        (mute_modules, "tests/test_x.py", "A = 1\n", "tests/test_x.py does not say what it is for"),
        (long_files, "bot/x.py", DOC + "A = 1\n" * 300, "bot/x.py has 301 lines"),
        (
            long_functions,
            "bot/x.py",
            DOC + "async def long():\n" + "    a = 1\n" * 40,
            "bot/x.py: long has 41 lines",
        ),
        (addresses, ".ci/x", "\n-i https://pypi" + ".org/x", ".ci/x:2 names pypi" + ".org"),
        (addresses, "docs/x.md", "see /" + "root/x", "docs/x.md:1 names /" + "root/x"),
        (addresses, "x.toml", '"/' + 'tmp/x"', "x.toml:1 names /" + "tmp/x"),
        (tokens, ".env.example", f"BOT_TOKEN={FAKE}", ".env.example holds a token"),
        (
            composed_sql,
            "storage/x.py",
            DOC + 'a.execute_fetchall(f"select {x}")\n',
            "storage/x.py:2 composes its SQL",
        ),
        (
            composed_sql,
            "storage/x.py",
            DOC + 'a.execute("select " + x)\n',
            "storage/x.py:2 composes its SQL",
        ),
        (
            composed_sql,
            "storage/x.py",
            DOC + 'a.executemany("select {}".format(x), [])\n',
            "storage/x.py:2 composes its SQL",
        ),
        (unknown_commands, "docs/x.md", "`make tea`", "docs/x.md: make tea does not exist"),
        (
            unknown_commands,
            "docs/x.md",
            "`python -m bot dance`",
            "docs/x.md: python -m bot dance does not exist",
        ),
        (dead_links, "docs/x.md", "[x](y.md)", "docs/x.md: y.md leads nowhere"),
    ],
)
def test_a_planted_defect_is_found(
    house: Path, promise: Promise, file: str, text: str, found: str
) -> None:
    path = house / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    assert list(promise(house)) == [found]


def test_a_missing_room_is_found(house: Path) -> None:
    (house / "storage").rmdir()
    assert list(strange_folders(house)) == ["storage/ is missing"]


def test_a_missing_picture_is_found_once_there_are_pictures(house: Path) -> None:
    (house / "README.md").write_text(f"![demo]({PICTURES}/demo.png)", "utf-8")
    assert list(dead_links(house)) == []
    (house / PICTURES).mkdir()
    assert list(dead_links(house)) == [f"README.md: {PICTURES}/demo.png leads nowhere"]


@pytest.mark.parametrize(
    "line",
    ['"pragma user_version = 1"', 'f"pragma user_version = {number}"', "STATEMENT", 'books["add"]'],
)
def test_sql_that_holds_no_value_is_allowed(house: Path, line: str) -> None:
    (house / "storage" / "x.py").write_text(f"{DOC}a.execute({line})\n", "utf-8")
    assert list(composed_sql(house)) == []
