"""Writes docs/mistakes.md: mistakes that users make, each with what is printed, by making it.

Run it from anywhere: `python docs/generate_mistakes.py`. With `--check` nothing is written, and the status is 1 where the page is
not as it would be.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mistakes.md"
sys.path.insert(0, str(ROOT))

import functoria  # noqa: E402 - after the path
import mirage_devices  # noqa: E402
from functoria.cli import main  # noqa: E402
from tests.mistakes import configurations, devices, keys, ocaml, packages, registry, terms  # noqa: E402
from tests.mistakes.configurations import Typed  # noqa: E402

_KINDS: dict[str, ModuleType] = {
    "Terms and applications": terms,
    "Keys and values": keys,
    "Packages and bounds": packages,
    "Devices": devices,
}
_TYPED: dict[str, Mapping[str, Typed]] = {
    "What is typed": configurations.COMMANDS,
    "The language": configurations.LANGUAGE,
    "Two sides": configurations.PARTIES,
    "A config.ml": ocaml.OCAML,
}
_LANGUAGES = {".py": "python", ".ml": "ocaml", ".toml": "toml"}
_INTRODUCTION = """\
<!-- Made by docs/generate_mistakes.py from the mistakes that the tests make. -->

# Mistakes, and what is said of them

An error says what is wrong and what to do about it. Below are the places that it concerns, each with the line that is written
there; the expression that is meant is marked. There are at most five lines: `-v` shows all places, `-vv` how the library came to
it. The exit status is 1, and 2 where a command is used wrongly; with `--exit-code`, where 2 means that something changes, it is
1 for both.

This page is made by making each of these mistakes: `python docs/generate_mistakes.py` writes it.
"""


class Shown(NamedTuple):
    """A mistake, and what came of it."""

    name: str
    typed: Typed
    status: int
    printed: str
    says: tuple[str, ...] = ()
    """What the message must say, if that is known."""


def gallery() -> dict[str, list[Shown]]:
    """All mistakes, by kind, as they were made just now."""
    found = {title: [_made(name, typed) for name, typed in each.items()] for title, each in _TYPED.items()}
    for title, module in _KINDS.items():
        typed = {
            name: _as_typed(made.make, module) for name, made in registry.MISTAKES.items() if _is_of(made.make, module)
        }
        found[title] = [
            _made(name.replace("_", " "), each)._replace(says=registry.MISTAKES[name].says)
            for name, each in typed.items()
            if each is not None
        ]
    return found


def _is_of(make: Callable[..., object], module: ModuleType) -> bool:
    return make.__module__ == module.__name__


def _made(name: str, typed: Typed) -> Shown:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as directory:
        for file, text in typed.files.items():
            Path(directory, file).write_text(text, encoding="utf-8")
        os.chdir(directory)
        printed = io.StringIO()
        try:
            with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(io.StringIO()):
                status = main(list(typed.words))
        finally:
            os.chdir(before)
    return Shown(name, typed, status, printed.getvalue())


def _as_typed(make: Callable[..., object], module: ModuleType) -> Typed | None:
    """The configuration that makes the same mistake as the function; None for one that a configuration cannot make."""
    source = textwrap.dedent(inspect.getsource(make))
    tree: Any = ast.parse(source).body[0]
    *before, last = tree.body
    app = _app(last, source)
    if app is None:
        return None
    registered, context = app
    lines = [_plain(_segment(source, each)) for each in before]
    body = "\n".join([*lines, registered] if registered else lines)
    options = _options(context)
    if options is None:
        return None
    text = _complete(body, module)
    return Typed({"config.py": text}, ("configure", *options))


def _app(last: ast.stmt, source: str) -> tuple[str, dict[str, Any] | None] | None:
    """What the last statement of a mistake registers, as a configuration has it, and the choices that it plans with."""
    call: Any = last.value if isinstance(last, ast.Return) else None
    if not isinstance(call, ast.Call):
        return None
    context: dict[str, Any] | None = {}
    if isinstance(call.func, ast.Name) and call.func.id == "write":
        jobs = ", ".join(_segment(source, each) for each in call.args[1:])
        more = [each for each in call.keywords if each.arg != "context"]
        given = next((each.value for each in call.keywords if each.arg == "context"), None)
        words = "".join(f", {each.arg}={_segment(source, each.value)}" for each in more)
        return f'app = register("mistake", [{jobs}]{words})', _literal(given) if given is not None else {}
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("write", "plan"):
        if call.func.attr == "plan":
            context = _literal(call.args[0]) if call.args else {}
            for each in call.keywords:
                value = _literal(each.value)
                context = None if context is None or value is None else {**context, str(each.arg): value}
        call = call.func.value
    if isinstance(call, ast.Name):
        return "", context
    return f"app = {_segment(source, call)}", context


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _options(context: dict[str, Any] | None) -> list[str] | None:
    if context is None or not all(isinstance(value, (str, int)) for value in context.values()):
        return None
    return [f"--{name.replace('_', '-')}={value}" for name, value in context.items()]


def _segment(source: str, node: ast.AST) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])  # type: ignore[attr-defined]
    lines = source.split("\n")[first - 1 : node.end_lineno]  # type: ignore[attr-defined]
    if decorators:
        return textwrap.dedent("\n".join(lines))
    found = ast.get_source_segment(source, node, padded=True)
    assert found is not None
    return textwrap.dedent(found)


def _plain(text: str) -> str:
    """`text` without what only tests need: marks, and annotations that tell type checkers to look away."""
    text = re.sub(r"  #.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"^(\w+): Any = ", r"\1 = ", text, flags=re.MULTILINE)


def _complete(body: str, module: ModuleType) -> str:
    """`body` after what it uses: imports, and definitions of the module of mistakes."""
    done: dict[str, str] = {}
    imports: dict[str, set[str]] = {}
    wanted = [(name, module) for name in _names(body)]
    while wanted:
        name, asking = wanted.pop()
        home = next((each for each in (asking, registry) if _defines(each, name)), None)
        if name in done:
            continue
        if home is not None:
            done[name] = _plain(_definition(home, name))
            wanted += [(each, home) for each in _names(done[name])]
        elif name == "functoria":
            imports.setdefault("", set()).add("functoria")
        else:
            value = getattr(asking, name, None)
            for source in (functoria, mirage_devices):
                if value is not None and getattr(source, name, None) is value:
                    imports.setdefault(source.__name__, set()).add(name)
                    break
            else:
                if name in ("frozen", "Any", "Sequence"):
                    place = {"frozen": "attrs", "Any": "typing", "Sequence": "collections.abc"}[name]
                    imports.setdefault(place, set()).add(name)
    head = [f"import {name}" for name in sorted(imports.pop("", ()))]
    head += [f"from {place} import {', '.join(sorted(names))}" for place, names in sorted(imports.items())]
    order = dict.fromkeys(name for each in (registry, module) for name in vars(each) if name in done)
    parts = ["\n".join(head), *(done[name] for name in order), body]
    classes = any(part.startswith(("class", "@", "def")) for part in parts)
    return ("\n\n\n" if classes else "\n\n").join(filter(None, parts)) + "\n"


def _names(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    assigned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in assigned:
            yield node.id


def _defines(module: ModuleType, name: str) -> bool:
    return name in _definitions(module)


def _definition(module: ModuleType, name: str) -> str:
    return _segment(inspect.getsource(module), _definitions(module)[name])


def _definitions(module: ModuleType) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name not in ("Mistake", "mistake", "write"):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node
    return found


def page() -> str:
    """The page, as it is to be."""
    parts = [_INTRODUCTION]
    for title, shown in gallery().items():
        parts.append(f"\n## {title}\n")
        before: Mapping[str, str] = {}
        for name, typed, _, printed, _ in shown:
            parts.append(f"\n### {name[0].upper()}{name[1:]}\n")
            for file, text in typed.files.items() if typed.files != before else ():
                language = _LANGUAGES.get(Path(file).suffix, "text")
                said = f"# {file}\n" if language == "python" and (len(typed.files) > 1 or file != "config.py") else ""
                parts.append(f"\n```{language}\n{said}{text}```\n")
            parts.append(f"\n```console\n$ functoria {' '.join(typed.words)}\n{printed}```\n")
            before = typed.files
    return "".join(parts)


def fresh(made: str) -> bool:
    """Whether the page is `made`. Other Pythons than 3.11 know other places: marks differ, and which part of a line is shown."""
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if sys.version_info[:2] == (3, 11):
        return there == made
    there, made = (re.sub(r"^ +\^+\n|(?<=\d)  .*", "", text, flags=re.MULTILINE) for text in (there, made))
    return there == made


if __name__ == "__main__":
    made = page()
    if "--check" in sys.argv[1:]:
        raise SystemExit(0 if fresh(made) else 1)
    PAGE.write_text(made, encoding="utf-8")
