"""Runs the blocks of one page in a separate directory: `python -m tests.documents.running PAGE DIRECTORY`.

Each language has its rule:

- Python blocks are run separately, with the names from earlier blocks that they use and do not define. Applications in them are
  planned for every target, and functions called `test_…` are run.
- OCaml is parsed; what registers an application is loaded as a config.ml and planned.
- In a `console` block the commands are run. The text after each must be its output; a line `...` stands for any lines.
- In a `sh` block each command of functoria must exist, as must its options.
- TOML and JSON are parsed. `text` is not code.

A block of any language whose first line is a comment with the name of a file is that file, for the blocks after it. If a block of
Python is not run, with a reason, its imports are still run.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import re
import shlex
import subprocess
import symtable
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from types import FunctionType

import functoria
import mirage_devices
from functoria import App, Unsupported, ocaml
from functoria.cli import main as main_of_functoria
from functoria.testing import registration
from mirage_devices import v4
from tests.documents.blocks import ROOT, Block, blocks


class Wrong(Exception):
    """A block with a mistake."""


class Page:
    """A page, and what its blocks have defined so far."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.names: dict[str, object] = {}
        self.options: set[str] = set()
        """The options for the keys of the page's applications."""

    def run(self, block: Block) -> None:
        """Run `block` by the rule of its language. Raises Wrong, or whatever its code raises."""
        if block.language not in RULES:
            raise Wrong(f"there is no rule for {block.language or 'a block that names no language'}: give it one")
        if block.file is not None:
            path = self.directory / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, encoding="utf-8")
        RULES[block.language](self, block)

    def planned(self, app: App) -> None:
        """Plan `app` for every target."""
        self.options |= {f"--{flag}" for key in app.plan(partial=True).keys for flag in key.flags if len(flag) > 1}
        of_4 = type(app.root).__module__.startswith("mirage_devices.v4")
        refused = []
        for name in v4.TARGETS if of_4 else mirage_devices.TARGETS:
            try:
                app.plan({"target": name}).files()
            except Unsupported as error:
                refused.append((name, error))
        if len(refused) > 2:
            raise Wrong(f"most targets refuse it: {refused}")

    def python(self, block: Block) -> None:
        """Run Python."""
        page = str(block.page)
        code = "\n" * (block.line - 1) + block.code
        used = free(code, page)
        unknown = used - self.names.keys()
        if unknown:
            raise Wrong(f"no block before this one on the page defines {', '.join(sorted(unknown))}")
        name = Path(block.file).stem if block.file else "block"
        names: dict[str, object] = {"__name__": name, **{each: self.names[each] for each in used}}
        file = str(self.directory / block.file) if block.file else page
        names["__file__"] = file
        exec(compile(code if file == page else block.code, file, "exec"), names)
        self.names |= {each: value for each, value in names.items() if not each.startswith("__")}
        for name, value in names.items():
            if isinstance(value, App) and name not in used:
                self.planned(value)
            if name.startswith("test_") and isinstance(value, FunctionType) and name not in used:
                value()

    def ocaml(self, block: Block) -> None:
        """Parse OCaml."""
        parser = ocaml_parser()
        if parser(block.code.encode()):
            raise Wrong("this is not OCaml")
        if re.search(r"\bregister\s+~?\S*\"", block.code):
            self.planned(ocaml.loads(block.code))

    def console(self, block: Block) -> None:
        """Run commands, and compare their output."""
        for command, expected in transcript(block.code):
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=self.directory,
                env={**os.environ, "PATH": f"{programs(self.directory)}:{os.environ['PATH']}", "COLUMNS": "100"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if not matches(expected, done.stdout):
                raise Wrong(f"{command} printed otherwise:\n{done.stdout}")

    def sh(self, block: Block) -> None:
        """Check each command of functoria."""
        done = subprocess.run(["bash", "-n"], input=block.code, text=True, capture_output=True, check=False)
        if done.returncode:
            raise Wrong(done.stderr)
        for line in block.code.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["functoria"]:
                self.command(words[1:])

    def command(self, words: list[str]) -> None:
        """Check that functoria has such a command with such options."""
        if not words or words[0].startswith("-"):
            return
        name, *rest = words
        if name not in commands():
            raise Wrong(f"functoria has no command {name}")
        options = {word.partition("=")[0] for word in rest if word.startswith("--")}
        below = rest[:1] if f"functoria {name} COMMAND" in _said("help", name) else []
        unknown = options - options_of(name, *below) - keys_of_catalogues() - self.options
        if unknown:
            raise Wrong(f"functoria {name} has no option {', '.join(sorted(unknown))}")


RULES: dict[str, Callable[[Page, Block], object]] = {
    "python": Page.python,
    "ocaml": Page.ocaml,
    "console": Page.console,
    "sh": Page.sh,
    "toml": lambda _, block: tomllib.loads(block.code),
    "json": lambda _, block: json.loads(block.code),
    "text": lambda _, block: None,
}


def free(code: str, page: str) -> set[str]:
    """Return the names that `code` uses, and that neither it nor Python defines."""
    used: set[str] = set()
    own: set[str] = set()
    tables = [symtable.symtable(code, page, "exec")]
    own |= {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        used |= {each.get_name() for each in table.get_symbols() if each.is_referenced() and (top or each.is_global())}
    return {name for name in used - own - set(vars(builtins)) if not name.startswith("__")}


def imported(block: Block) -> None:
    """Run only the imports of a block of Python, to check that the imported names exist."""
    tree = ast.parse(block.code)
    tree.body = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    exec(compile(tree, str(block.page), "exec"), {})


def transcript(code: str) -> Iterator[tuple[str, str]]:
    """Yield the commands after `$ ` in `code`, each with its expected output."""
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def matches(expected: str, printed: str) -> bool:
    """Return whether `printed` is as expected, apart from what `...` stands for, and blanks at the ends of lines."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", expected, flags=re.MULTILINE)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), re.sub(r" +$", "", printed, flags=re.MULTILINE)) is not None


def programs(directory: Path) -> Path:
    """Return a directory with the programs `functoria`, `python` and `pytest`, which use this process's Python."""
    home = directory.parent / f"{directory.name}-programs"
    if not home.exists():
        home.mkdir()
        for name, module in (
            ("functoria", "-m functoria"),
            ("python", ""),
            ("pytest", "-m pytest -p no:cacheprovider"),
        ):
            (home / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {module} "$@"\n')
            (home / name).chmod(0o755)
    return home


@cache
def ocaml_parser() -> Callable[[bytes], bool]:
    """Return a function that tells whether OCaml code has a syntax error."""
    import tree_sitter
    import tree_sitter_ocaml

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_ocaml.language_ocaml()))
    return lambda source: bool(parser.parse(source).root_node.has_error)


@cache
def commands() -> frozenset[str]:
    """Return the commands of functoria."""
    return frozenset(re.findall(r"^  ([a-z]+)  ", _said("help"), re.MULTILINE))


@cache
def options_of(*command: str) -> frozenset[str]:
    """Return the long options of a command, or of a subcommand, without those for keys."""
    return frozenset(re.findall(r"--[\w-]+", _said(*command, "--help")))


@cache
def keys_of_catalogues() -> frozenset[str]:
    """Return the options for the keys of both catalogues, as their pages list them, without a group."""
    text = "".join(path.read_text() for path in (ROOT / "docs").glob("devices*/*.md"))
    return frozenset(name.replace("GROUP-", "") for name in re.findall(r"--[\w-]+", text))


def _said(*words: str) -> str:
    """What `functoria` prints where there is no configuration, and no terminal that would wrap it."""
    printed = StringIO()
    with chdir("/"), redirect_stdout(printed):
        status = main_of_functoria(list(words))
    if status:
        raise Wrong(f"functoria {' '.join(words)} ended with status {status}")
    return printed.getvalue()


def main(page: Path, directory: Path) -> None:
    """Run the blocks of `page` in `directory`, and print how many there were."""
    warnings.simplefilter("ignore", functoria.errors.FunctoriaWarning)
    registration.register()  # Hypothesis does this itself if the library is installed
    os.chdir(directory)
    sys.path.insert(0, str(directory))
    shown = Page(directory)
    ran = 0
    for block in blocks(page):
        try:
            if block.why_not is None:
                shown.run(block)
            elif block.language == "python":
                imported(block)
        except BaseException as error:
            error.add_note(f"in the block at {block}")
            raise
        ran += 1
    print(f"{ran} blocks")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
