"""The condition for something to be in a plan agrees with real plans, for all values of keys."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from functoria import FunctoriaError, Key, arg, foreign, if_impl, job, lift, match_impl, package, register
from functoria.plan import conditions as module
from functoria.plan.conditions import Condition, condition
from functoria.plan.subject import Kind, Subject
from functoria.testing import conditions, device_sets, recipes

FAST, BIG = Key.flag("fast", stage="configure"), Key.flag("big", stage="configure")
SIDE = Key.opt("side", arg.enum(["a", "b", "c"]), default="b", stage="configure")
WAY = Key.opt("way", arg.some(arg.enum(["x", "y"])), default=None, stage="configure")
MUST = Key.required("must", arg.enum(["p", "q"]), stage="configure")
HOST = Key.opt("host", arg.string, default="here", stage="configure")
EASY = Key.alias("easy", {SIDE: "c", WAY: "x"})
VALUES: dict[str, tuple[str | None, ...]] = {
    "fast": (None, "true", "false"),
    "big": (None, "true", "false"),
    "side": (None, "a", "b", "c"),
    "way": (None, "x", "y"),
    "must": (None, "p", "q"),
    "host": (None, "here", "there", "nowhere"),
    "easy": (None, "true", "false"),
}


A, B, C = (foreign(name.upper(), job, packages=[package(name)]) for name in ("pa", "pb", "pc"))


def _told(job: Any, name: str = "pa", kind: Kind = "package", **given: str) -> Condition:
    return condition(register("app", [job]), given, Subject(kind, name))


@settings(
    deadline=None,
    max_examples=30,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_conditions_are_those_of_real_plans(data: st.DataObject) -> None:
    keys: list[Key[Any]] = data.draw(
        st.lists(st.sampled_from([FAST, BIG, SIDE, WAY, MUST, HOST]), min_size=2, max_size=4, unique_by=str)
    )
    devices = data.draw(device_sets())
    drawn = data.draw(recipes(devices, job, conditions=conditions(keys)))
    chosen = if_impl(data.draw(conditions(keys)), A, if_impl(data.draw(conditions(keys)), B, C))
    keys += [EASY] * data.draw(st.booleans())
    app = register("app", [drawn.build(), chosen], keys=keys)
    names = [name for name in app.keys_by_name if name in VALUES]
    plans: list[tuple[dict[str, str], Any]] = []
    for values in product(*(VALUES[name] for name in names)):
        context = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        try:
            plan = app.plan(context)
            _ = plan.packages
        except FunctoriaError:
            continue
        plans.append((context, plan))
    subjects = {Subject("package", each.name) for _, plan in plans for each in plan.packages}
    subjects |= {Subject("device", node.module) for _, plan in plans for node in plan.devices if node is not plan.root}
    subjects |= {Subject("key", key.name) for key in app.keys} | {Subject("package", "none")}
    begins: bool = data.draw(st.booleans())
    given = plans[0][0] if plans and begins else {}
    for subject in sorted(subjects):
        found = condition(app, given, subject)
        assert found.tried == found.combinations
        for context, plan in plans:
            assert found.holds(context) == subject.there(plan), (subject, context, str(found))


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (A, "with every choice"),
        (B, "with no choice"),
        (if_impl(FAST.value, if_impl(BIG.value, A, B), B), "only with --fast and --big"),
        (
            if_impl(FAST.value, if_impl(BIG.value, B, A), if_impl(BIG.value, A, B)),
            "only with --big and without --fast, or with --fast and without --big",
        ),
        (if_impl(FAST.value, A, if_impl(BIG.value, A, B)), "only with --big, or with --fast"),
        (if_impl(FAST.value, B, A), "not with --fast"),
        (match_impl(SIDE.value, {"a": A}, default=B), "only with --side=a"),
        (match_impl(SIDE.value, {"a": B}, default=A), "not with --side=a"),
        (match_impl(WAY.value, {"x": B, "y": B}, default=A), "not with --way"),
        (match_impl(WAY.value, {"x": A, "y": A}, default=B), "only with any --way"),
        (match_impl(WAY.value, {"x": A}, default=A), "with every choice"),
        (match_impl(WAY.value, {"x": B}, default=A), "not with --way=x"),
        (if_impl(HOST.value.eq("here"), A, B), "only with --host=here"),
        (if_impl(HOST.value.eq("there"), B, A), "not with --host=there"),
        (
            if_impl(HOST.value.map(lambda text: text > "i"), A, B),
            "not with --host=here, as far as values of --host were tried",
        ),
    ],
)
def test_what_conditions_say(chosen: Any, says: str) -> None:
    assert str(_told(chosen)) == says


def test_what_is_not_tried_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = [Key.flag(f"f{number}", stage="configure") for number in range(6)]
    odd = lift(lambda *values: sum(values) % 2 == 1, *(flag.value for flag in flags))
    found = _told(if_impl(odd, A, B))
    assert (found.tried, found.complete, len(found.boxes)) == (64, True, 32)
    assert str(found).endswith("or with 24 other combinations")
    monkeypatch.setattr(module, "_MOST", 7)
    found = _told(if_impl(odd, A, B))
    assert (found.tried, found.complete) == (7, False)
    assert str(found).endswith(", as far as 7 of 64 combinations were tried")


def test_a_condition_as_data() -> None:
    data = _told(if_impl(FAST.value, match_impl(WAY.value, {"x": B}, default=A), B)).to_json()
    assert data["any_of"] == [{"fast": ["true"], "way": [None, "y"]}]
    assert (data["usual"], data["tried"], data["combinations"]) == ({"fast": "false"}, 6, 6)
