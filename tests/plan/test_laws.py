"""The library's own laws, for random terms over meaningless devices and over MirageOS's whole catalogue."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import functoria
from functoria import App, FunctoriaError, Impl, Plan, Unsupported, foreign, job
from functoria.testing import (
    Recipe,
    check,
    common_keys,
    common_types,
    conditions,
    contexts,
    device_sets,
    recipes,
    values,
    values_of,
)
from functoria.testing import ocaml as reader
from mirage_devices import TARGETS
from tests.random_terms import CATALOGUE, TYPES, applications, unikernels
from tests.tools import need, run

pytestmark = pytest.mark.filterwarnings("ignore:-g does nothing")  # a drawn key may have no effect on a target
LAW = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
CONFIGURED = [key for key in common_keys() if key.configurable]


@st.composite
def meaningless(draw: st.DrawFn) -> Recipe:
    """Draw a job over meaningless devices, with choices by the common keys."""
    devices = draw(device_sets())
    return draw(recipes(devices, job, conditions=conditions(CONFIGURED)))


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """Draw values for some of the common keys, and for all that require one."""
    some = draw(st.lists(st.sampled_from(CONFIGURED), unique=True))
    return {key.name: draw(values_of(key)) for key in CONFIGURED if key in some or key.kind == "required"}


def _register(*jobs: Any) -> App:
    return functoria.register("law", list(jobs), keys=CONFIGURED)


def _planned(app: App, target: str, **more: Any) -> Plan:
    try:
        return app.plan(target=target, **more)
    except Unsupported:
        event("unsupported")
        assume(False)
        raise


def _same(one: Plan, two: Plan) -> None:
    assert one.contents == two.contents
    assert one.keys == two.keys
    assert one.packages == two.packages
    assert [node.device for node in one.devices] == [node.device for node in two.devices]
    edges = [sorted(plan.graph.edges(data="roles")) for plan in (one, two)]
    assert edges[0] == edges[1]


@LAW
@given(meaningless(), choices())
def test_a_term_that_is_made_twice_is_one(recipe: Recipe, context: dict[str, Any]) -> None:
    one, two = recipe.build(), recipe.build()
    assert one == two
    assert hash(one) == hash(two)
    _same(_register(one).plan(context), _register(two).plan(context))
    both: Any = foreign("Both", job >> job >> job)
    shared, apart = (_register(both @ one @ other).plan(context) for other in (one, two))
    _same(shared, apart)
    assert len(apart.devices) <= len(_register(one).plan(context).devices) + 1


@LAW
@given(unikernels(), st.sampled_from(TARGETS))
def test_a_unikernel_that_is_made_twice_is_one(recipe: Recipe, target: str) -> None:
    import mirage_devices

    one, two = (mirage_devices.register("law", [_job(recipe)]) for _ in range(2))
    _same(_planned(one, target), _planned(two, target))


def _job(recipe: Recipe) -> Impl[Any]:
    made: Any = recipe.build()
    return made  # type: ignore[no-any-return]  # a recipe of type job


@LAW
@given(meaningless(), choices(), st.data())
def test_evaluation_commutes_with_partial_evaluation(
    recipe: Recipe, context: dict[str, Any], data: st.DataObject
) -> None:
    app = _register(recipe.build())
    first = data.draw(st.sets(st.sampled_from(sorted(context)))) if context else set()
    partial = app.plan({name: context[name] for name in first}, partial=True)
    _same(partial.complete({name: value for name, value in context.items() if name not in first}), app.plan(context))
    if not partial.undecided:
        assert {node.device for node in partial.devices} == {node.device for node in app.plan(context).devices}


@LAW
@given(applications(), st.data())
def test_a_unikernel_is_decided_all_at_once_or_bit_by_bit(app: App, data: st.DataObject) -> None:
    context = data.draw(contexts(app, target=st.sampled_from(TARGETS)))
    first = data.draw(st.sets(st.sampled_from(sorted(context))))
    partial = app.plan({name: context[name] for name in first}, partial=True)
    _same(partial.complete({name: value for name, value in context.items() if name not in first}), app.plan(context))


@LAW
@given(values(CONFIGURED), choices(), st.data())
def test_a_value_asks_only_for_keys_that_it_names(value: Any, context: dict[str, Any], data: st.DataObject) -> None:
    given_values = {key: context.get(key.name, key.default) for key in CONFIGURED}
    asked = set()

    def read(key: Any) -> Any:
        asked.add(key)
        return given_values[key]

    result = value.evaluate(read)
    assert asked <= set(value.keys)
    others = {key: data.draw(values_of(key)) for key in CONFIGURED if key not in asked}
    assert value.evaluate(lambda key: others.get(key, given_values[key])) == result


def _chosen(recipe: Recipe, context: dict[str, Any], made: dict[int, Recipe]) -> Recipe:
    """Return `recipe` without choices, replacing each by what its condition selects in `context`."""
    for step in recipe.steps():
        parts = tuple(made[id(part)] for part in step.parts)
        if step.condition is None:
            made[id(step)] = Recipe(step.make, parts, step.others)
        else:
            taken = step.condition.evaluate(lambda key: context.get(key.name, key.default))
            made[id(step)] = parts[0] if taken else parts[1]
    return made[id(recipe)]


@LAW
@given(meaningless(), choices())
def test_a_branch_not_taken_leaves_only_the_keys_that_decide(recipe: Recipe, context: dict[str, Any]) -> None:
    plan = functoria.register("law", [_job(recipe)]).plan(_known(recipe, context))
    alone = functoria.register("law", [_job(_chosen(recipe, context, {}))]).plan()
    deciding = {key for step in recipe.steps() if step.condition is not None for key in step.condition.keys}
    event(f"{len(deciding)} keys decide")
    assert set(plan.keys) == set(alone.keys) | deciding
    assert plan.packages == alone.packages
    # The root contains the terms as written.
    assert [node.device for node in plan.devices[:-1]] == [node.device for node in alone.devices[:-1]]
    assert plan.files()["main.ml"] == alone.files()["main.ml"]


def _known(recipe: Recipe, context: dict[str, Any]) -> dict[str, Any]:
    known = functoria.register("law", [_job(recipe)]).keys_by_name
    return {name: value for name, value in context.items() if name in known}


@st.composite
def _orders(draw: st.DrawFn, recipe: Recipe) -> list[Recipe]:
    """Draw another order for the steps of `recipe`, in which parts still come before the whole."""
    left = recipe.steps()
    made: set[int] = set()
    order: list[Recipe] = []
    while left:
        ready = [step for step in left if all(id(part) in made for part in step.parts)]
        step = draw(st.sampled_from(ready))
        left = [other for other in left if other is not step]
        made.add(id(step))
        order.append(step)
    return order


@LAW
@given(meaningless(), choices(), st.data())
def test_the_order_of_making_changes_nothing(recipe: Recipe, context: dict[str, Any], data: st.DataObject) -> None:
    first = _register(recipe.build()).plan(context)
    order = data.draw(_orders(recipe))
    for _ in range(data.draw(st.integers(0, 3))):
        foreign("Unrelated", data.draw(st.sampled_from(common_types())))
    _same(first, _register(recipe.build(order)).plan(context))


@LAW
@given(unikernels(), st.sampled_from(TARGETS), st.data())
def test_the_order_of_making_changes_no_unikernel(recipe: Recipe, target: str, data: st.DataObject) -> None:
    import mirage_devices

    one: Any = recipe.build()
    other: Any = recipe.build(data.draw(_orders(recipe)))
    plans = [_planned(mirage_devices.register("law", [made]), target) for made in (one, other)]
    _same(plans[0], plans[1])


@LAW
@given(meaningless(), choices())
def test_what_is_made_of_devices_without_meaning_holds_together(recipe: Recipe, context: dict[str, Any]) -> None:
    check(_register(recipe.build()).plan(context))


@settings(LAW, max_examples=60)
@given(applications(), st.data())
def test_a_random_unikernel_holds_together(app: App, data: st.DataObject) -> None:
    context = data.draw(contexts(app, target=st.sampled_from(TARGETS)))
    plan = app.plan(context)
    event(f"target {plan.values['target']}")
    event(f"devices {len(plan.devices) // 10 * 10}+")
    check(plan)


def test_the_grammar_that_reads_examples_is_installed() -> None:
    pytest.importorskip("tree_sitter_ocaml", reason="tree-sitter-ocaml not installed: pip install functoria[dev]")
    assert reader.grammar() == "tree-sitter-ocaml"


@settings(LAW, max_examples=25)
@given(applications(), st.data())
def _compiler_reads(app: App, data: st.DataObject) -> None:
    plan = app.plan(data.draw(contexts(app, target=st.sampled_from(TARGETS))))
    with tempfile.TemporaryDirectory() as directory:
        for name, text in plan.files().items():
            if name.endswith(".ml"):
                (Path(directory) / name).write_text(text)
        run("ocamlc", "-stop-after", "parsing", *sorted(Path(directory).glob("*.ml")))


def test_the_compiler_itself_reads_a_sample_of_random_unikernels() -> None:
    need("ocamlc")
    _compiler_reads()


def test_every_type_of_the_catalogue_is_made_by_some_constructor() -> None:
    @settings(LAW, max_examples=100)
    @given(st.sampled_from(TYPES).flatmap(lambda type: st.tuples(st.just(type), recipes(CATALOGUE, type, depth=1))))
    def collect(found: tuple[Any, Recipe]) -> None:
        term: Any = found[1].build()
        assert term.signature == found[0]
        made.update(step.make for step in found[1].steps())

    made: set[Any] = set()
    collect()
    assert len(made) > 40


_HASHES = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from tests import recorded
for name in ("network", "blocks", "conduit_server"):
    files = recorded.application(name).plan(target="qubes" if name == "network" else "unix").files()
    print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
"""


def test_bytes_do_not_depend_on_the_process() -> None:
    root = str(Path(__file__).parents[2])
    found = {
        subprocess.run(
            [sys.executable, "-c", _HASHES, root],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "17")
    }
    assert len(found) == 1


def test_errors_of_random_choices_are_ours() -> None:
    failures: list[FunctoriaError] = []

    @LAW
    @given(applications(), st.sampled_from(TARGETS), st.sampled_from(["socket", "direct"]))
    def plan(app: App, target: str, net: str) -> None:
        context = {"target": target, **({"net": net} if "net" in app.keys_by_name else {})}
        try:
            app.plan(context)
        except FunctoriaError as error:
            failures.append(error)

    plan()
    assert failures
    assert {type(error) for error in failures} == {Unsupported}
    assert all(error.locations for error in failures)
