"""Translate a config.ml to an equivalent configuration in Python that keeps its names."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from functoria import Impl, Key, Package, Type, Value
from functoria.errors import ConfigError
from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.errors import refused
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.load import evaluated, source_of
from functoria.ocaml.making import recorder
from functoria.ocaml.patterns import bound
from functoria.ocaml.program import Session, scope_of
from functoria.ocaml.reader import comments
from functoria.ocaml.release import Release
from functoria.ocaml.scope import Variable
from functoria.ocaml.values import List
from functoria.ocaml.writer import WIDTH, Made, Writer, joined, unwrapped


def translate(path: Path | str, *, release: str | None = None) -> str:
    """Translate the config.ml at `path` to a Python configuration that gives the same files.

    The values that the file makes are written in its order, with its names where Python allows them, and the comments above
    them. Functions are not translated: the result has what they returned. Raises what `load` does, and ConfigError for what
    Python expresses differently: a device whose code depends on keys, or a converter that the file defines.
    """
    file = Path(path)
    if file.suffix == ".py":
        raise ConfigError(f"{file} is Python already: name a config.ml to translate", objects=[file])
    source = source_of(file)
    name = str(file.absolute())
    _, release_of_file, found = evaluated(source, name, release, _recorded)
    return _written(release_of_file, *found, comments(source, name))


Bound = tuple[str, Any, Location]


def _recorded(
    session: Session, items: Iterator[syntax.Item], release: Release, file: str
) -> tuple[dict[int, Made], Made, list[Bound]]:
    """Return what was made, the call of `register` that counts, and the values that the file names, in order."""
    kept: list[Made] = []
    token = recorder.set(lambda *said: kept.append(Made(*said)))
    named: list[Bound] = []
    try:
        scope = scope_of(session, release, file)
        evaluator = Evaluator(scope, session.world.budget)
        for item in evaluator.evaluated(items):
            if isinstance(item, syntax.Let):
                for pattern, _ in item.bindings:
                    for name in bound(pattern):
                        variable = scope.layers[-1].values[name]
                        if isinstance(variable, Variable):
                            named.append((name, evaluator.globals.get(variable.number), item.at))
    finally:
        recorder.reset(token)
    registered = [made for made in kept if hasattr(made.python, "registers")]
    if not registered:
        raise refused(Location(file, 1), "this configuration registers no application")
    made = {id(made.value): made for made in kept if made.value is not None}
    for each in kept:
        if isinstance(each.value, tuple):
            for number, item in enumerate(each.value):
                made.setdefault(id(item), Made(item, each.python, each.by_place, each.by_name, each.at, number))
    return made, registered[-1], named


def _written(
    release: Release, made: dict[int, Made], last: Made, named: list[Bound], above: Mapping[int, list[str]]
) -> str:
    text = _once(
        release, made, last, named, above, set(release.dialect().module.__all__) | {"Key", "arg", "Type", "Value"}
    )
    tree = ast.parse(text)
    of_classes = _ATTRIBUTES if any(isinstance(node, ast.ClassDef) for node in tree.body) else set()
    imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    return _once(release, made, last, named, above, imported | of_classes)


_ATTRIBUTES = {"type", "module", "name", "own_packages", "keys", "runtime_args", "deps", "local_libs", "values"}
"""Attributes of device classes, which would hide variables with these names inside the class."""


def _once(
    release: Release,
    made: dict[int, Made],
    last: Made,
    named: list[Bound],
    above: Mapping[int, list[str]],
    imported: set[str],
) -> str:
    """Write the program, without giving variables the names in `imported`."""
    writer = Writer(release.dialect(), made)
    lines: list[str] = []
    taken = imported | set(keyword.kwlist) | set(dir(builtins))
    for name, value, at in named:
        said = _binding(writer, value)
        if said is None:
            continue
        name = "unikernel" if name == "main" and "main" in taken else name.replace("'", "_")
        while name in taken:
            name += "_"
        taken.add(name)
        lines += [f"# {line}".rstrip() for line in above.get(at.line, ())]
        lines += [*_classes(writer), f"{name} = {said}"]
        _remember(writer, value, name)
    register = Made(None, last.python.registers, last.by_place, last.by_name, last.at)  # type: ignore[attr-defined]
    call = writer.call(register)
    lines += [*_classes(writer), "", f"app = {call}"]
    first = min((at.line for _, _, at in named), default=1 << 30)
    opening = [f"# {line}".rstrip() for place, texts in sorted(above.items()) if place < first for line in texts]
    standard = [module for module in writer.imports if module == "typing"]
    groups = (standard, sorted(set(writer.imports) - set(standard)))
    heads = [
        f"from {module} import {', '.join(sorted(writer.imports[module]))}" + "\n" * (module == "typing")
        for group in groups
        for module in group
    ]
    return _wrapped_imports(_without_unused("\n".join([*opening, *heads, "", *lines]).rstrip("\n") + "\n"))


def _classes(writer: Writer) -> list[str]:
    found = [line for text in writer.classes for line in ("", "", *text.rstrip("\n").split("\n"), "", "")]
    writer.classes.clear()
    return found


def _binding(writer: Writer, value: Any) -> str | None:
    """Return the expression bound to a name; None for a value that gets no variable."""
    held = unwrapped(value)
    if isinstance(held, List):
        items = [unwrapped(item) for item in held]
        if items and all(isinstance(item, (Package, Impl, Key)) for item in items):
            return _tried(writer, items)
        return None
    if isinstance(held, (Impl, Key, Package, Type, Value)) or id(held) in writer.made:
        if id(held) in writer.names or id(held) in writer._constants:
            return None
        return _tried(writer, held)
    return None


def _tried(writer: Writer, value: Any) -> str | None:
    """Return the expression, or None if there is none: that is an error only where the value is needed."""
    imports = {module: set(names) for module, names in writer.imports.items()}
    classes, names, taken, devices = list(writer.classes), dict(writer.names), set(writer.taken), dict(writer.devices)
    try:
        return writer.said(value)
    except ConfigError:
        writer.imports, writer.classes, writer.names, writer.taken = imports, classes, names, taken
        writer.devices = devices
        return None


def _remember(writer: Writer, value: Any, name: str) -> None:
    held = unwrapped(value)
    if isinstance(held, List):
        writer.lists[tuple(id(unwrapped(item)) for item in held)] = name
    else:
        writer.names[id(held)] = name


def _wrapped_imports(text: str) -> str:
    def wrapped(match: re.Match[str]) -> str:
        return joined(f"{match[1]} import (", match[2].split(", "), ")") if len(match[0]) > WIDTH else match[0]

    return re.sub(r"^(from [\w.]+) import (.+)$", wrapped, text, flags=re.MULTILINE)


def _without_unused(text: str) -> str:
    """Remove unused variables from the program, and the imports that only they need."""
    while True:
        tree = ast.parse(text)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        lines = text.split("\n")
        drop: set[int] = set()
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                if node.targets[0].id not in used | {"app"}:
                    first = node.lineno - 1
                    while first and lines[first - 1].startswith("#"):
                        first -= 1
                    drop.update(range(first, node.end_lineno or node.lineno))
            elif isinstance(node, ast.ImportFrom):
                kept = [alias.name for alias in node.names if alias.name in used]
                lines[node.lineno - 1] = f"from {node.module} import {', '.join(kept)}"
                if not kept:
                    drop.add(node.lineno - 1)
            elif isinstance(node, ast.ClassDef) and node.name not in used:
                drop.update(range(node.lineno - 1, node.end_lineno or node.lineno))
        new = "\n".join(line for number, line in enumerate(lines) if number not in drop)
        new = re.sub(r"\n{4,}", "\n\n\n", new)
        if new == text:
            return text
        text = new
