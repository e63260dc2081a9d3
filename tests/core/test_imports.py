"""There is no circle of imports at run time, every module has a layer, and imports also work with -O."""

from __future__ import annotations

import ast
import sys
import tomllib
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


def test_assertions_do_nothing_that_is_needed() -> None:
    """Python leaves them out with -O: they only look at values, and call nothing that could change one."""
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
