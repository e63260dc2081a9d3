"""There are no circular imports at run time, every module has a rank, all state is listed, and no assertion is needed."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import networkx
import pytest

from tests.tools import run

ROOT = Path(__file__).parents[2]
PACKAGES = ("functoria", "mirage_devices")


@pytest.fixture(scope="module")
def imports() -> networkx.DiGraph:
    """Return the imports of each module, including those inside functions but not those for type checkers only."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    found = networkx.DiGraph()
    found.add_nodes_from(graph.modules)
    found.add_edges_from(
        (module, imported) for module in graph.modules for imported in graph.find_modules_directly_imported_by(module)
    )
    return found


def test_there_is_no_circle(imports: networkx.DiGraph) -> None:
    assert len(imports) > 200
    assert list(networkx.simple_cycles(imports)) == []


CHANGING = {
    "WeakValueDictionary",
    "WeakKeyDictionary",
    "defaultdict",
    "OrderedDict",
    "deque",
    "ContextVar",
    "Lock",
    "RLock",
}


def _is_state(value: ast.expr | None) -> bool:
    """Return whether it is a container that is filled later, or that is mutable by nature."""
    if isinstance(value, ast.Dict | ast.List):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    if not isinstance(value, ast.Call):
        return False
    called = ast.unparse(value.func).rpartition(".")[2]
    return called in CHANGING or (called in ("dict", "list", "set") and not value.args)


def _state(tree: ast.Module) -> Iterator[str]:
    """Yield the names in a module that may get another value later, and the functions that cache their results."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, ast.FunctionDef):
            decorators = {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in node.decorator_list}
            yield from ["functools.cache"] * bool(decorators & {"cache", "lru_cache"})
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_state(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (each.id for each in targets if isinstance(each, ast.Name))


def test_the_state_of_the_process_is_listed() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = page.partition("## State of the process")[2].partition("\n## ")[0].splitlines()
    unlisted = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        home = ".".join(parts[1:] if parts[0] == "functoria" else parts)
        for name in _state(ast.parse(path.read_text("utf-8"))):
            folders = [f"`{home}`", *(f"`{part}/`" for part in parts[1:-1])]
            places = folders if name == "functools.cache" else [f"`{home}."]
            if not any(f"{name}`" in row and any(place in row for place in places) for row in rows):
                unlisted[f"{home}.{name}"] = places
    assert unlisted == {}


def test_assertions_do_nothing_that_is_needed() -> None:
    """Python omits them with -O, so they may only look at values, and call nothing that could change one."""
    calling = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assert)
        for call in ast.walk(node.test)
        if isinstance(call, ast.NamedExpr | ast.Await | ast.Yield)
        or (
            isinstance(call, ast.Call) and ast.unparse(call.func) not in ("isinstance", "issubclass", "len", "callable")
        )
    ]
    assert calling == []


def test_every_module_of_the_core_has_a_rank(imports: networkx.DiGraph) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (core,) = (each for each in contracts if each["name"] == "imports of functoria point one way")
    ranked = {name.strip() for layer in core["layers"] for name in layer.split("|")}
    modules = {name for name in imports if name.startswith("functoria.") and name != "functoria.__main__"}
    packages = {name.rpartition(".")[0] for name in modules}
    parents = {".".join(name.split(".")[:end]) for name in modules for end in range(1, name.count(".") + 2)}
    assert not {name for name in modules if not ranked & {".".join(name.split(".")[:n]) for n in (2, 3)}} - packages
    assert ranked <= parents


@pytest.mark.parametrize("name", ["functoria", "mirage_devices", "mirage_devices.v4"])
def test_dir_tells_what_there_is_before_it_was_used(name: str) -> None:
    code = f"import {name} as module; assert not set(module.__all__) - set(dir(module))"
    run(sys.executable, "-c", code, PYTHONPATH=str(ROOT))
