"""The directive `public-names`: the docstrings of a module's public names, with their signatures."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

from functoria import Impl, Key, Type, Value

MODULES = (
    *("functoria", "functoria.testing", "functoria.ocaml", "functoria.fleet", "functoria.arg", "functoria.errors"),
    *("functoria.sexp", "functoria.beside", "mirage_devices", "mirage_devices.v4"),
)
"""The modules whose names are on the pages."""


class PublicNames(SphinxDirective):
    """The names of the module in the argument: those in the content, or all that no earlier line has shown."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the description of each name."""
        module = self.arguments[0]
        shown: set[tuple[str, str]] = self.env.temp_data.setdefault("public_names", set())
        names = " ".join(self.content).split() or [name for name in public(module) if (module, name) not in shown]
        unknown = sorted(set(names) - set(public(module)))
        if unknown:
            raise self.error(f"{module} has no public name {', '.join(unknown)}")
        shown.update((module, name) for name in names)
        kinds = by_home(module, names)
        found: list[nodes.Node] = []
        for title, group in kinds:
            text = f".. rubric:: {title}\n\n" if title else ""
            text += "\n\n".join(directive(module, name) for name in group)
            found += self.parse_text_to_nodes(f"````{{eval-rst}}\n{text}\n````\n")
        return found


@cache
def public(module: str) -> tuple[str, ...]:
    """Return the public names of `module`: those that it exports, or that it defines itself."""
    found = import_module(module)
    if hasattr(found, "__all__"):
        return tuple(found.__all__)
    own = (name for name, value in vars(found).items() if getattr(value, "__module__", "") == module)
    return tuple(name for name in own if not name.startswith("_"))


def home(module: str, name: str) -> str:
    """Return the module that defines `name`."""
    found = import_module(module)
    homes = getattr(found, "_HOME", {})
    value = getattr(found, name)
    own = value.__module__ if inspect.isclass(value) or inspect.isroutine(value) else None
    return str(homes.get(name) or own or imports(module).get(name, (module, name))[0])


@cache
def imports(module: str) -> dict[str, tuple[str, str]]:
    """Return the module and the original name of each name that `module` imports."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: (str(node.module), alias.name) for node in froms for alias in node.names}


def by_home(module: str, names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Return the names in groups: those of a catalogue by the kind of device, others together."""
    if not module.startswith("mirage_devices"):
        yield "", list(names)
        return
    kinds: dict[str, list[str]] = {}
    for name in names:
        where = home(module, name)
        kind = where.rpartition(".")[2] if ".devices." in where else ""
        kinds.setdefault(kind, []).append(name)
    for kind in sorted(kinds):
        yield kind.capitalize(), kinds[kind]


def directive(module: str, name: str) -> str:
    """Return the directive of reStructuredText that describes `name`."""
    value = getattr(import_module(module), name)
    if inspect.isclass(value):
        members = "" if issubclass(value, BaseException) else "\n   :members:"
        return f".. autoclass:: {module}.{name}{members}"
    if inspect.ismodule(value):
        return f".. py:data:: {module}.{name}\n\n   {_rst(inspect.getdoc(value) or '').splitlines()[0]}"
    if inspect.isroutine(value):
        return f".. autofunction:: {module}.{name}"
    doc = _rst(f"{_documented(module, name)}\n\n{said_of(value)}").replace("\n", "\n   ")
    return f".. py:data:: {module}.{name}\n\n   {doc}"


def said_of(value: object) -> str:
    """Return the kind of `value`."""
    if isinstance(value, Impl):
        return f"An `Impl` of type `{value.signature}`."
    return f"A `{type(value).__name__}`." if isinstance(value, (Type, Key, Value)) else ""


def _documented(module: str, name: str) -> str:
    value = getattr(import_module(module), name)
    start = imports(module).get(name) or (home(module, name), name)
    where: tuple[str, str] | None = start
    while where is not None:
        found = ModuleAnalyzer.for_module(where[0]).find_attr_docs().get(("", where[1]))
        if found:
            return "\n".join(found)
        where = imports(where[0]).get(where[1])
    doc = inspect.getdoc(value)
    if doc and doc != inspect.getdoc(type(value)):
        return doc
    raise ExtensionError(f"{module}.{name} has no docstring")


@cache
def _known() -> dict[str, str]:
    """Return where each public name is described, by the name that docstrings use."""
    found: dict[str, str] = {}
    for module in reversed(MODULES):
        try:
            names = public(module)
        except ImportError:
            continue
        for name in names:
            found[name] = found[f"{module}.{name}"] = f"{module}.{name}"
    return {name: where for name, where in found.items() if not hasattr(builtins, name)}


_MARKED = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def _rst(text: str) -> str:
    """Convert `text` to reStructuredText. One backtick marks code; names that are described become links."""
    done, end = [], 0
    for found in _MARKED.finditer(text):
        done += [_plain(text[end : found.start()]), _code(" ".join(found[2].split()))]
        end = found.end()
    return "".join([*done, _plain(text[end:])])


def _plain(text: str) -> str:
    return re.sub(r"([*|\\]|(?<=\w)_(?!\w))", r"\\\1", text)


def _code(code: str) -> str:
    where = _known().get(code.removesuffix("()"))
    if where:
        return f":py:obj:`{code} <{where}>`"
    return f"``{code}``" if not code.startswith("`") else ":literal:`\\`" + f"{code[1:]}`"


def _process(app: Any, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    # An indented line continues the previous one, and is not a quotation.
    parts = [textwrap.dedent(part) for part in "\n".join(lines).split("\n\n")]
    lines[:] = _rst("\n\n".join(parts)).splitlines()


def _signature(app: Any, what: str, name: str, obj: object, options: object, said: str | None, returns: Any) -> Any:
    """Show `...` for a default that only attrs' own code has."""
    return (re.sub(r"attr_dict\['\w+'\]\.default|NOTHING", "...", said), returns) if said else None


def _complete(app: Any, env: Any) -> None:
    """Raise an error for a public name that is on no page."""
    described = env.get_domain("py").objects
    missing = [
        f"{module}.{name}" for module in MODULES for name in public(module) if f"{module}.{name}" not in described
    ]
    if missing:
        raise ExtensionError(f"on no page of docs/reference: {', '.join(missing)}")


def setup(app: Any) -> dict[str, bool]:
    """Register the directive with Sphinx."""
    app.add_directive("public-names", PublicNames)
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _signature)
    app.connect("env-check-consistency", _complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
