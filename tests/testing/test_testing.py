"""The tools of `functoria.testing`: strategies draw what they promise, and invariants detect violations."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Optional

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import functoria
import functoria.graph.graph
from functoria import Bounds, Device, Info, Key, Plan, Type, TypeMismatch, Value, Version, arg, foreign, job, package
from functoria import testing as t
from functoria.converter import Converter
from functoria.errors import InvalidName, InvalidValue, Undecided, UnknownKey
from functoria.testing import registration, strategies
from mirage_devices import (
    TARGETS,
    block,
    block_of_xenstore_id,
    console,
    default_console,
    default_network,
    generic_stackv4,
    log_threshold,
    register,
    stackv4,
    target,
    v4,
)

pytestmark = pytest.mark.filterwarnings("ignore:-g does nothing")
ROOT = Path(__file__).parents[2]
FAST = settings(
    derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
port = Key.opt("port", arg.int, default=8080)
NETWORK = register(
    "network", [foreign("Unikernel.Main", stackv4 >> job, keys=[port]) @ generic_stackv4(default_network)]
)
SMALL = functoria.register("small", [foreign("Unikernel", job)])


class _FoundError(Exception):
    pass


def simplest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool] = lambda _: True) -> Any:
    found: list[Any] = []

    @FAST
    @given(strategy)
    def fails(value: Any) -> None:
        if condition(value):
            found.append(value)
            raise _FoundError

    with pytest.raises(_FoundError):
        fails()
    return found[-1]


def drawn(strategy: st.SearchStrategy[Any], count: int = 200) -> list[Any]:
    found: list[Any] = []

    @settings(FAST, max_examples=count)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


# Strategies for the parts of the core


def test_simplest_examples_are_simple() -> None:
    assert simplest(t.versions()) == Version("0")
    assert simplest(t.bounds()) == Bounds()
    assert simplest(t.packages()) == package("a")
    assert simplest(t.keys()) == Key.flag("a")
    assert simplest(t.module_paths()) == "A"
    assert simplest(t.contexts(NETWORK)) == {}


@FAST
@given(t.bounds(), t.versions())
def test_bounds_admit_their_minimum(bounds: Bounds, version: Version) -> None:
    assert not bounds.empty
    assert bounds.min is None or bounds.min in bounds
    assert bounds.max is None or bounds.max not in bounds
    assert (version in bounds) == (not (Bounds(version) & bounds).empty and not (bounds.min or version) > version)


@FAST
@given(t.packages(), st.data())
def test_packages_hold_what_was_asked(found: Any, data: st.DataObject) -> None:
    assert found.pin is None or found.bounds == Bounds()
    other = data.draw(t.packages(st.just("x"), st.just(Bounds("1.0")), pinned=False))
    assert (other.name, other.pin, str(other.min)) == ("x", None, "1.0")


@FAST
@given(t.keys(), st.data())
def test_a_key_accepts_its_values(key: Key[Any], data: st.DataObject) -> None:
    value = data.draw(t.values_of(key))
    assert key.accept(value) == value
    assert key.kind != "opt" or key.accept(key.default) == key.default


def test_all_kinds_and_stages_of_keys_are_drawn() -> None:
    found = drawn(t.keys())
    assert {key.kind for key in found} == {"opt", "flag", "required"}
    assert {key.stage for key in found} == {"configure", "run", "both"}


@FAST
@given(t.values_of(log_threshold))
def test_values_of_a_custom_converter_are_read_back(value: Any) -> None:
    assert log_threshold.parse(log_threshold.print(value)) == value


@pytest.mark.parametrize("key", [target, v4.target])
def test_values_of_the_target_are_all_targets(key: Key[str]) -> None:
    assert set(drawn(t.values_of(key))) == set(key.converter.alternatives) > {"hvt", "xen", "unix"}


def test_values_that_are_not_known_are_asked_for() -> None:
    converter = arg.custom("a b", runtime="b", parse=str.strip, literal=str)
    with pytest.raises(InvalidValue, match="give a strategy"):
        t.values_of(converter)
    assert set(drawn(t.values_of(Key.opt("b", converter, default="x")))) == {"x"}


@FAST
@given(t.values([port]), t.conditions([port]))
def test_values_are_of_the_keys_given(value: Any, condition: Any) -> None:
    assert set(value.keys) | set(condition.keys) <= {port}
    assert condition.evaluate(lambda key: key.default) in (True, False)


# Contexts


def test_contexts_are_accepted_and_reach_every_target_and_key() -> None:
    found = drawn(t.contexts(NETWORK), 300)
    plans = [NETWORK.plan(context) for context in found]
    assert {plan.values["target"] for plan in plans} == set(TARGETS)
    assert {name for context in found for name in context} == set(NETWORK.keys_by_name)
    assert {plan.values["net"] for plan in plans} == {"direct", "socket"}


def test_contexts_of_4_11_reach_every_target_and_key() -> None:
    app = v4.register("net", [v4.main("Unikernel.Main", v4.network >> v4.job) @ v4.default_network], src=None)
    found = drawn(t.contexts(app), 300)
    assert {app.plan(context).values["target"] for context in found} == set(v4.TARGETS)
    assert {name for context in found for name in context} == set(app.keys_by_name)


def test_texts_of_a_form_are_drawn_at_once() -> None:
    begun = []

    @st.composite
    def counted(draw: st.DrawFn) -> tuple[str, ...]:
        begun.append(1)
        return draw(t.values_of(v4.keys.extra_repos))

    found = drawn(counted(), 100)
    assert len(begun) < 1.5 * len(found)
    assert {len(each) for each in found} == set(range(5))
    assert len({name for each in found for name in each}) > 20
    assert simplest(t.values_of(v4.keys.repository)) == "NAME:URL"


def _with_a_value(text: str) -> str:
    if text.split("=")[1]:  # raises IndexError for most texts, as functions written in haste do
        return text
    raise ValueError


@pytest.mark.parametrize(
    "converter",
    [
        arg.custom("a text", runtime="string", parse=str, literal=repr, instance=str),
        arg.custom("KEY=VALUE", runtime="string", parse=_with_a_value, literal=repr, instance=str),
    ],
    ids=["any text", "texts of a form"],
)
def test_texts_of_a_users_converter_are_lines_that_it_accepts(converter: arg.Converter[str]) -> None:
    found = drawn(t.values_of(converter), 100)
    assert len(set(found)) > 20
    for text in found:
        assert converter.parse(text) == text
        assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text)


def test_contexts_shrink_to_what_matters() -> None:
    app = register("small", [foreign("Unikernel.Main", console >> job, keys=[port]) @ default_console])
    assert simplest(t.contexts(app), lambda context: context.get("target") == "qubes") == {"target": "qubes"}
    assert simplest(t.contexts(app), lambda context: context.get("port", 0) > 8080) == {"port": 8081}


def test_contexts_of_what_runs_on_few_targets_are_found() -> None:
    app = register("disk", [foreign("Unikernel.Main", block >> job) @ block_of_xenstore_id("51712")])
    assert {context["target"] for context in drawn(t.contexts(app))} == {"xen", "qubes"}


def test_contexts_hold_required_keys_and_those_given() -> None:
    needed = Key.required("needed", arg.int, stage="configure")
    app = functoria.register(
        "x", [foreign("Unikernel", job, keys=[needed, port, Key.opt("boot", arg.int, default=1, stage="run")])]
    )
    for context in drawn(t.contexts(app, {port: st.just(80)})):
        assert {"needed", "port"} <= set(context) <= {"needed", "port"}
        assert context["port"] == 80
        assert app.plan(context).values["port"] == 80
    with pytest.raises(UnknownKey):
        t.contexts(app, prot=st.just(80))


def _branches(one: Key[Any], other: Key[Any]) -> functoria.App:
    which = Key.flag("which", stage="configure")
    jobs = [functoria.if_impl(which.value, foreign("A", job, keys=[one]), foreign("B", job, keys=[other]))]
    return functoria.register("x", jobs, keys=[which])


def test_keys_of_one_name_in_two_branches_get_what_both_accept() -> None:
    app = _branches(Key.opt("k", arg.int, default=3), Key.opt("k", arg.string, default="x"))
    found = drawn(t.contexts(app))
    values = {app.plan(context).values["k"] for context in found if "k" in context}
    assert {type(value) for value in values} == {int, str}
    assert len(values) > 10
    few = _branches(Key.opt("k", arg.enum(["a", "b"]), default="a"), Key.opt("k", arg.enum(["b", "c"]), default="c"))
    assert {context["k"] for context in drawn(t.contexts(few)) if "k" in context} == {"b"}
    none = _branches(Key.opt("k", arg.int, default=3), Key.flag("k"))
    assert not [context for context in drawn(t.contexts(none), 50) if "k" in context]


def test_text_that_a_file_cannot_say_is_not_drawn() -> None:
    wrong = {"target": "xen", "interface": "a\\b"}
    with pytest.raises(InvalidName):
        NETWORK.plan(wrong).files()
    assert not t.supported(NETWORK, wrong)
    assert t.supported(NETWORK, {**wrong, "target": "hvt"})


def test_contexts_leave_errors_to_be_seen() -> None:
    class Fails(Device[Any]):
        type = job
        module = "Fails"

        def configure(self, info: Info) -> None:
            raise Undecided("as it is")

    app = functoria.register("x", [Fails()])
    assert simplest(t.contexts(app)) == {}
    assert t.supported(app, {})


# Terms

A, B = (Type[Any](name) for name in "ab")


def test_terms_are_of_the_type_asked() -> None:
    of_functor: Any = functoria.functor([A >> B], job)
    devices: list[Any] = [foreign("A", A), foreign("F", A >> B), foreign("G", A >> A), foreign("H", of_functor)]
    for wanted in (A, B, job, A >> B):
        for term in drawn(t.terms(devices, wanted), 40):
            assert term.signature == wanted
    assert {len(functoria.register("x", [term]).plan().devices) for term in drawn(t.terms(devices, job), 40)} == {3}


def test_terms_that_cannot_be_made_say_why() -> None:
    with pytest.raises(TypeMismatch, match="nothing makes a"):
        t.terms([foreign("F", A >> B)], B)
    with pytest.raises(TypeMismatch, match="needs one of its kind"):
        t.terms([foreign("F", A >> A)], A)


def test_the_simplest_term_is_the_least() -> None:
    devices = [foreign("G", A >> A), foreign("A1", A), foreign("A2", A)]
    assert simplest(t.terms(devices, A)) == devices[1]
    pair: Any = foreign("P", A >> A >> job)
    assert simplest(t.terms([*devices, pair], job)) == pair @ devices[1] @ devices[1]


def test_terms_share_choose_and_construct() -> None:
    made = t.constructor(lambda inner, name: foreign(name, A, deps=[inner]), B >> A, t.module_paths())
    devices: list[Any] = [foreign("B", B), made]
    recipes = drawn(t.recipes(devices, A, conditions=t.conditions([port])))
    assert any(recipe.condition is not None for recipe in recipes)
    pair: Any = foreign("P", B >> B >> job)
    shared = drawn(t.recipes([t.constructor(foreign, B, t.module_paths(), st.just(B)), pair], job))
    assert {len(recipe.steps()) for recipe in shared} == {2, 3}


@FAST
@given(st.data())
def test_sets_of_devices_make_every_type(data: st.DataObject) -> None:
    devices = data.draw(t.device_sets())
    for wanted in t.common_types():
        assert data.draw(t.terms(devices, wanted, depth=2)).signature == wanted


# Whole applications, and parts of one Python type


@pytest.mark.parametrize("seed", range(3))
def test_the_simplest_key_is_found_from_anywhere(seed: int) -> None:
    assert find(t.keys(), lambda _: True, settings=settings(FAST, derandomize=False), random=Random(seed)) == Key.flag(
        "a"
    )


@settings(FAST, max_examples=25)
@given(t.plans())
def test_plans_of_any_application_keep_the_invariants(plan: Plan) -> None:
    t.check(plan)


def test_plans_are_of_the_application_given() -> None:
    assert {plan.app for plan in drawn(t.plans(SMALL), 5)} == {SMALL}


def test_applications_have_choices_keys_and_packages() -> None:
    often = settings(FAST, max_examples=5_000, phases=[Phase.generate])
    assert find(t.applications(), lambda app: bool(app.survey.deciding), settings=often)
    assert find(t.applications(), lambda app: len(app.plan().packages) > 1, settings=often)
    assert find(t.applications(), lambda app: app.title != "a", settings=often)


KINDS: list[tuple[Any, Any]] = [
    (bool, bool),
    (int, int),
    (str, str),
    (tuple[int, ...], tuple),
    (int | None, (int, type(None))),
    (Optional[str], (str, type(None))),  # noqa: UP045  # the older spelling is another object
]


@pytest.mark.parametrize(("kind", "classes"), KINDS, ids=str)
def test_parts_of_a_python_type_are_of_that_type(kind: Any, classes: Any) -> None:
    registration.register()

    @settings(FAST, max_examples=25)
    @given(st.from_type(Key[kind]), st.from_type(Value[kind]), st.from_type(Converter[kind]), st.data())
    def holds(key: Key[Any], value: Value[Any], converter: Converter[Any], data: st.DataObject) -> None:
        found = [
            value.evaluate(lambda key: key.default),
            data.draw(t.values_of(converter)),
            data.draw(t.values_of(key)),
        ]
        found += [key.default] * (key.default is not None)
        for each in found:
            assert isinstance(each, classes)
            assert isinstance(each, bool) == (kind is bool)

    holds()


def test_types_that_no_converter_has_are_said_to_be_so() -> None:
    with pytest.raises(InvalidValue, match="no converter of arg has values of type"):
        strategies.converters_of(list[int])


# `from_type`, through Hypothesis's entry point

_FROM_TYPE = """
from hypothesis import Phase, find, settings, strategies as st
import functoria
import functoria.graph.graph
from functoria.errors import InvalidValue
simple = settings(database=None, derandomize=True)
first = settings(simple, phases=[Phase.generate])
for name in ("Version", "Bounds", "Package", "Key", "Value", "Type", "Device", "Impl"):
    cls = getattr(functoria, name)
    assert isinstance(find(st.from_type(cls), lambda _: True, settings=simple), cls), name
for name in ("App", "Context", "Plan"):
    cls = getattr(functoria, name)
    assert isinstance(find(st.from_type(cls), lambda _: True, settings=first), cls), name
assert find(st.from_type(functoria.App), lambda _: True, settings=first).title == "a"
assert find(st.from_type(functoria.Key[int]), lambda _: True, settings=simple).converter == functoria.arg.int
"""


def test_from_type_knows_the_core(tmp_path: Path) -> None:
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["hypothesis"]
    info = tmp_path / "functoria_checked-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: functoria-checked\nVersion: 1\n")
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[hypothesis]", *lines, ""]))
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", _FROM_TYPE],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["hypothesis", "functoria.testing", "functoria.testing.applications"])
def test_the_entry_point_may_be_what_imports_first_or_last(module: str) -> None:
    code = f"import {module}; from hypothesis import strategies as st; import functoria.testing; print('fine')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("fine\n", "")


def test_the_library_itself_does_without_hypothesis() -> None:
    code = (
        "import sys, mirage_devices, functoria.cli; mirage_devices.register('x', []).plan().files(); "
        "print('hypothesis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
