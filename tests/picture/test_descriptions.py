"""The output of describe fits the terminal, names every device, marks shared ones, and follows its schema."""

from __future__ import annotations

import json
import struct
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from functoria import App, Device, Job, Key, Plan, arg, foreign, job, register
from functoria.cli.config import load
from functoria.picture.diagram import diagram
from functoria.picture.document import document
from functoria.picture.labels import Named, notes
from functoria.picture.text import describe
from functoria.picture.tree import tree
from mirage_devices import generic_stackv4, netif, stackv4
from mirage_devices import register as register_mirage
from tests.command_line import Cli, config, process
from tests.tools import need, run

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
FILES = ["network.py", "hello/config.py", "hello-4/config.py", "block.py", "choice.py"]


@cache
def app(name: str) -> App:
    return load(EXAMPLES / name)


@cache
def schema() -> Any:
    return json.loads(files("functoria.picture").joinpath("describe.schema.json").read_text())


@cache
def validator() -> Any:
    """What checks documents by the schema. jsonschema takes seconds to import, so only where it is used."""
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def chamber(count: int) -> App:
    """Return an application with `count` stacks, each on its own interface."""
    stacks = [generic_stackv4(netif(f"tap{n}", group=f"g{n}"), group=f"g{n}") for n in range(count)]
    return register_mirage("chamber", [foreign(f"Main{n}", stackv4 >> job) @ stack for n, stack in enumerate(stacks)])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("partial", [False, True])
@settings(deadline=None, max_examples=12)
@given(width=st.integers(80, 200), verbose=st.booleans())
def test_it_fits(name: str, partial: bool, width: int, verbose: bool) -> None:
    text = describe(app(name).plan(partial=partial), width=width, verbose=verbose)
    assert max(map(cell_len, text.split("\n"))) <= width
    assert text.endswith("\n")


@settings(deadline=None, max_examples=30)
@given(st.text(st.sampled_from("a日🐪 "), min_size=1, max_size=200), st.integers(80, 120))
def test_it_fits_whatever_values_are(value: str, width: int) -> None:
    key = Key.opt("k", arg.string, default=value)
    one = register("demo", [foreign("Unikernel.Main", job, keys=[key])])
    for context in ({}, {"k": value + "!"}):
        assert max(map(cell_len, describe(one.plan(context), width=width).split("\n"))) <= width


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("partial", [False, True])
def test_the_tree_has_every_device_once_and_marks_the_others(name: str, partial: bool) -> None:
    drawing = diagram(app(name).plan(partial=partial))
    twigs = list(tree(drawing))
    needed = {line.source for line in drawing.lines}
    drawn = [twig.box.number for twig in twigs if not twig.mark]
    assert sorted(set(drawn)) == list(range(len(drawing.boxes)))
    assert all(drawn.count(number) == 1 for number in needed)
    users = {box.number: {line.source for line in drawing.lines if line.target == box.number} for box in drawing.boxes}
    assert all(twig.shared for twig in twigs if len(users[twig.box.number]) > 1)
    assert len(twigs) == 1 + len(drawing.lines)


def test_a_deep_tree_goes_on_below() -> None:
    term: Any = foreign("Zero", job)
    for number in range(3000):
        term = foreign(f"M{number}", job, deps=[term])
    plan = register("deep", [term]).plan()
    twigs = list(tree(diagram(plan)))
    assert {twig.box.number for twig in twigs} == set(range(len(plan.devices)))
    assert sum(twig.mark == "↓" for twig in twigs) > 200
    assert max(map(cell_len, describe(plan, width=80).split("\n"))) <= 80


def test_devices_of_one_module_are_told_apart() -> None:
    boxes = diagram(chamber(4).plan(target="hvt")).boxes
    named = [(box.title, box.note) for box in boxes]
    assert len(set(named)) == len(boxes)
    for number in range(4):
        assert ("Netif", f"--g{number}-interface, tap{number}") in named
        assert any(title == "Tcpip_stack_direct.Make" and f"g{number}" in note for title, note in named)
    assert all(
        not box.note for box in boxes if [each.title for each in boxes].count(box.title) == 1 and box.kind == "device"
    )


def test_a_field_that_is_the_name_is_told_once() -> None:
    @frozen
    class Store(Device[Job]):
        name: str
        type = job
        module = "Store"

    plan = register("stores", [Store("x"), Store("y")]).plan()
    assert sorted(box.note for box in diagram(plan).boxes if box.title == "Store") == ["x", "y"]


names = st.sampled_from("ab")


@given(
    st.lists(st.tuples(names, st.lists(st.tuples(names, names), max_size=2), st.lists(st.integers(0, 9), max_size=3)))
)
def test_notes_tell_all_apart_that_have_one_module(nodes: list[Any]) -> None:
    found = [Named(module, fields, [n for n in needs if n < at]) for at, (module, fields, needs) in enumerate(nodes)]
    told = list(zip([each.module for each in found], notes(found), strict=True))
    assert len(set(told)) == len(told)


def checked(plan: Plan) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(document(plan)))
    validator().validate(data)
    return data


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("partial", [False, True])
def test_the_document_keeps_to_its_schema(name: str, partial: bool) -> None:
    plan = app(name).plan(partial=partial)
    data = checked(plan)
    assert [each["module"] for each in data["devices"]] == [node.module for node in plan.devices]
    assert [each["arguments"] for each in data["devices"]] == [[a.index for a in n.arguments] for n in plan.devices]
    assert ("packages" in data) == (not plan.undecided)
    assert not any(str(each["location"]).startswith("/") for each in data["devices"])
    own = [each["location"] for each in data["devices"] if each["kind"] == "own"]
    assert all(str(each).startswith(("config.py:", f"{name}:")) for each in own), own


@pytest.mark.parametrize("name", FILES)
def test_the_document_says_which_keys_decide_a_choice(name: str) -> None:
    plan = app(name).plan(partial=True)
    data, drawing = checked(plan), diagram(plan)
    for device, box in zip(data["devices"], drawing.boxes, strict=True):
        assert bool(device["by"]) == bool(device["branches"])
        if box.kind == "choice":
            assert box.title == f"by {', '.join(device['by'])}"
        assert not device["by"] or set(device["by"]) & set(data["undecided"])


def test_the_schema_is_one_and_refuses_what_is_not() -> None:
    from jsonschema import ValidationError

    data = checked(app("network.py").plan())
    for part in ("version", "keys", "devices"):
        with pytest.raises(ValidationError):
            validator().validate({name: value for name, value in data.items() if name != part})
    with pytest.raises(ValidationError):
        validator().validate({**data, "version": 2})


KEYED = (
    'port = Key.opt("port", arg.int, default=80, env="PORT")\nloud = Key.flag("loud")\n'
    'app = register("keyed", [main], keys=[port, loud, Key.opt("size", arg.int, default=1)])'
)


def test_each_value_says_where_it_comes_from(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    assert cli("configure", "--size=7", "--loud", "-b", "out").status == 0

    def origins(*words: str, **environment: str) -> dict[str, tuple[Any, str]]:
        done = process("describe", "--json", *words, cwd=tmp_path, **environment)
        assert done.status == 0, done.err
        keys = json.loads(done.out)["keys"]
        return {name: (keys[name]["value"], keys[name]["origin"]) for name in ("port", "loud", "size")}

    assert origins() == {"port": (80, "default"), "loud": (False, "default"), "size": (1, "default")}
    given = origins("--size=3", PORT="81")
    assert given == {"port": (81, "environment PORT"), "loud": (False, "default"), "size": (3, "command line")}
    before = origins("-b", "out", "--size=3", PORT="81")
    assert before == {"port": (81, "environment PORT"), "loud": (True, "state"), "size": (3, "command line")}
    assert origins("-b", "out")["size"] == (7, "state")
    assert origins("--no-eval")["size"] == (None, "open")
    assert cli("describe", "-b", "nowhere").err.startswith("functoria: nowhere is not configured")


def test_one_form_at_a_time(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, KEYED)
    done = cli("describe", "--json", "--svg")
    assert (done.status, done.err) == (
        2,
        "functoria: --json and --svg are given: describe prints one thing at a time\n",
    )


@pytest.mark.parametrize("form", ["--dot", "--mermaid", "--svg", "--json", "--html"])
def test_the_same_bytes_in_every_process(form: str) -> None:
    words = ("describe", form, "-f", "network.py", "-t", "hvt")
    first, second = (process(*words, cwd=EXAMPLES, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.status == 0
    assert first.out == second.out


def test_the_site_has_screenshots_of_the_page_as_it_is(tmp_path: Path) -> None:
    """They are made as by `make docs`: those that the documents show, in their sizes, light and dark."""
    need("chromium")
    root = EXAMPLES.parents[1]
    run(sys.executable, "docs/generate_pictures.py", "--into", tmp_path, cwd=root, PYTHONPATH=str(root))
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (root / "docs/pictures").iterdir()}
    for name, size in {"page.png": (1280, 720), "page-dark.png": (1280, 720), "page-narrow.png": (390, 700)}.items():
        picture = (tmp_path / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == size


def test_the_drawings_of_the_documents_are_new() -> None:
    run(
        sys.executable,
        "docs/generate_pictures.py",
        "--check",
        cwd=EXAMPLES.parents[1],
        PYTHONPATH=str(EXAMPLES.parents[1]),
    )
