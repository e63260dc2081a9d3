"""Printed names and values from others: nothing moves the cursor, and no line can be mistaken for one of ours."""

from __future__ import annotations

import ast
import pickle
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import functoria
from functoria import FunctoriaError, Key, arg, foreign, job, package, register
from functoria.location import Location
from functoria.picture.text import describe
from functoria.printable import shown
from tests.command_line import Cli, Done

FORGED = "hello target=unix: can be installed"
BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
"""Line breaks, according to Python or to a terminal."""
MOVES = ["\x1b[2K\r", "\x1b[1A", "\x9b1A", "\x1b]0;title\x07", "\b" * 40, "\u202e", "\u2066", "\u200f", "\x00", "\x7f"]
"""Text that moves the cursor, erases, or changes the direction of text."""
HOSTILE = [before + FORGED for before in (*BREAKS, *MOVES)] + ["\udc80\ud800", "\ufeff", "a\tb", "\xad"]
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec=None), max_size=20),
    st.lists(st.sampled_from([*BREAKS, *MOVES, FORGED, "x", "  at a.py:1"]), max_size=5).map("".join),
)
hostile = pytest.mark.parametrize("text", HOSTILE, ids=ascii)


def errors(of: type[FunctoriaError] = FunctoriaError) -> Iterator[type[FunctoriaError]]:
    """Return all classes of errors."""
    yield of
    for kind in of.__subclasses__():
        yield from errors(kind)


def lines(printed: str) -> list[str]:
    """Return the lines of what was printed, after checking that only our own line breaks separate them."""
    made = printed.split("\n")
    assert [line for line in made if not line.isprintable()] == []
    assert made == printed.splitlines() + [""] * printed.endswith("\n") or printed == ""
    return made


@given(texts)
def test_what_is_shown_is_one_line_that_can_be_printed(text: str) -> None:
    assert shown(text).isprintable()
    assert (shown(text) == text) is text.isprintable()
    if "\\" not in text:
        kept = re.sub(r"\\(x..|u....|U........|[a-z])", "", shown(text))
        assert kept == "".join(filter(str.isprintable, text))


def test_there_are_errors_of_many_kinds() -> None:
    assert len(list(errors())) > 20


@given(st.sampled_from(sorted(errors(), key=lambda kind: kind.__name__)), texts, texts, texts, st.booleans())
def test_every_error_is_its_lines(
    kind: type[FunctoriaError], message: str, file: str, more: str, assigned: bool
) -> None:
    places = [Location(file, 1), Location("b" + file, 2)]
    error = kind("" if assigned else message, locations=places, more=[more])
    if assigned:
        error.message = message
    for one in (error, pickle.loads(pickle.dumps(error))):
        first, second, *rest = lines(str(one))
        assert first == one.message == shown(message)
        assert second == f"  {shown(more)}"
        assert len(rest) == 2
        assert all(line.startswith("  at ") for line in rest)


@settings(deadline=None)
@given(texts, texts)
def test_descriptions(value: str, other: str) -> None:
    keys = [Key.opt("one", arg.string, default=value), Key.opt("two", arg.list(arg.string), default=[other, value])]
    wanted = package("p", pin="git+https://example.org/" + "".join(filter(str.isalnum, other)))
    app = register("demo", [foreign("Unikernel.Main", job, keys=keys, packages=[wanted])])
    plan = app.plan(one=other)
    for said in (describe(plan, verbose=True), str(plan.why("p"))):
        for line in lines(said)[1:]:
            assert re.match(r" {2}|[A-Z][a-z]+$|$", line), said


CONFIG = """\
from functoria import Key, arg, foreign, if_impl, job, noop, package, register
text = {text!r}
keys = [
    Key.opt("one", arg.string, default=text, doc=text, docs=text, docv=text),
    Key.opt("maybe", arg.some(arg.enum(["a", "b"])), default=None, doc=text),
    Key.flag("on", doc=text),
]
main = foreign("Unikernel.Main", job, keys=keys, packages=[package("a"), package("b", min="1")])
app = register("demo", [main])
"""
RAISES = "class Odd(Exception): pass\nraise Odd({text!r})\n"


def argument(text: str) -> str:
    """Return what remains of `text` as an argument of a command, or as the name of a file."""
    return "".join(char for char in text if char not in "/\0" and not "\ud800" <= char < "\udc80")


def nothing_forged(done: Done) -> None:
    for printed in (done.out, done.err):
        for line in lines(printed):
            assert not re.match(f" {{0,4}}{FORGED}", line), printed


@hostile
def test_every_command_on_a_hostile_configuration(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(CONFIG.format(text=text))
    for words in (
        ("describe",),
        ("describe", "-v", "--one", "a" + text),
        ("describe", "--why", "a"),
        ("describe", "--why", text),
        ("why", "a"),
        ("why", "one", "--one", text),
        ("why", text),
        ("query", "keys", "--one", text),
        ("query", text),
        ("diff", text, "one=1"),
        ("diff", "one=a" + text, "one=" + text),
        ("describe", "--" + text),
        ("describe", "--maybe", text),
        ("describe", text),
        (text,),
        ("help", text),
        ("describe", "--help"),
        ("configure", "--dry-run", "-v", "--one", text),
        ("configure", "-v", "-b", "x" + text),
        ("configure", "-f", text),
        ("audit", "--release", "a", text),
        ("audit", "--release", "a", "1", "--set", f"one={text}", "-v"),
        ("audit", "--release", "a", "1", "--key", text),
        ("audit", "--release", "a", "1", "--key", "one", "-t", text, "-t", "b" + text),
        ("audit", "--release", "a", "1", "--var", text),
        ("audit", "--release", "a", "1", "--ocaml", text),
        ("audit", "-r", text),
        ("clean", "--dry-run"),
    ):
        nothing_forged(cli(*map(argument, words)))


@hostile
@pytest.mark.parametrize(
    "words", [("describe",), ("describe", "-vv"), ("configure",), ("audit", "--release", "a", "1")]
)
def test_a_configuration_that_fails(text: str, words: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(RAISES.format(text=text))
    done = cli(*words)
    assert done.status == 1
    nothing_forged(done)


@hostile
def test_every_table_on_a_hostile_repository(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(CONFIG.format(text="x"))
    name = argument(text)
    packages = tmp_path / f"r{name}" / "packages"
    for release, content in (("a.1", ""), ("a.2", "depends: ["), (f"a.3{name}", ""), (f"b{name}.1", ""), ("b.1", text)):
        (packages / release).mkdir(parents=True)
        whole = f'opam-version: "2.0"\nsynopsis: "{text}"\n{content}'
        (packages / release / "opam").write_bytes(
            whole.encode("utf-8", "surrogateescape" if name == text else "replace")
        )
    (packages / f"a.4{name}").symlink_to(f"nowhere{name}")
    with tarfile.open(tmp_path / "r.tar", "w", encoding="utf-8", errors="surrogateescape") as archive:
        archive.add(packages, "packages")
    for place in (packages.parent, tmp_path / "r.tar"):
        for more in ((), ("-v",)):
            done = cli("audit", "-r", place, "--no-solver", "--cache", tmp_path / "cache", *more)
            assert "not read: " in done.out
            nothing_forged(done)


PRINTS = {f"functoria/cli/{name}.py" for name in ("output", "rich_output", "group", "__init__")}
"""Modules that print lines as given, after `shown`."""


def test_nothing_else_prints() -> None:
    root = Path(functoria.__file__).parent
    found = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            prints = called in ("print", "click.echo", "sys.stdout.write", "sys.stderr.write", "sys.stdout.writelines")
            if (prints and name not in PRINTS) or called == "warnings.warn":
                first = node.args[0]
                safe = isinstance(first, ast.Constant) or ast.unparse(first).startswith(("shown(", "FunctoriaWarning("))
                found += [] if safe else [f"{name}:{node.lineno}: {ast.unparse(node)}"]
    assert found == []
