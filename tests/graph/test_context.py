"""Contexts: keys given directly or by name, aliases, and plans completed in steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from functoria import (
    App,
    FunctoriaError,
    Key,
    arg,
    foreign,
    if_impl,
    job,
    noop,
    register,
)
from functoria.errors import DuplicateKey, InvalidValue, UnknownKey
from tests.core.test_key import COLOURS, OCAML_INTS, plan_of

speed = Key.opt("top-speed", arg.int, default=1)
colour = Key.opt("colour", arg.enum(COLOURS), default="red", stage="configure")
racing = Key.alias("racing", {speed: "9", colour: "dark-blue"})
quiet = Key.alias("quiet", {speed: 0})


@pytest.fixture(scope="module")
def app() -> App:
    return register("app", [noop], keys=[speed, colour, racing, quiet])


@pytest.mark.parametrize("name", ["top-speed", "top_speed", speed])
def test_a_key_is_given_by_itself_or_by_name(app: App, name: Any) -> None:
    for value in (5, "5", "0b101"):
        assert app.plan({name: value}).values["top-speed"] == 5
    assert app.plan(top_speed=5).values["top-speed"] == 5


def test_a_key_given_twice_is_refused(app: App) -> None:
    with pytest.raises(InvalidValue, match="top-speed is given twice"):
        app.plan({speed: 5, "top_speed": 5})
    with pytest.raises(InvalidValue, match="given twice"):
        app.plan({"colour": "red"}, colour="red")
    with pytest.raises(InvalidValue, match="colour is given twice"):
        app.plan(partial=True).complete({colour: "red"}, colour="red")
    with pytest.raises(InvalidValue, match="a context maps keys"):
        app.plan(partial=True).complete("red")  # type: ignore[arg-type]  # that is what is tested


@given(st.text("ab", min_size=1, max_size=2), st.lists(st.sampled_from("-_"), min_size=1, max_size=3), st.data())
def test_a_dash_and_a_bar_of_a_name_stand_for_each_other(end: str, marks: list[str], data: st.DataObject) -> None:
    name = "k1" + "".join(mark + end for mark in marks)
    written = "k1" + "".join(data.draw(st.sampled_from("-_")) + end for _ in marks)
    assert register("app", [noop], keys=[Key.opt(name, arg.int, default=1)]).plan({written: 2}).values == {name: 2}


def test_a_name_that_may_be_two_keys_is_refused() -> None:
    loud = Key.flag("loud")
    one, two = (foreign(name.upper(), job, keys=[Key.flag(f"{name}-x_y")]) for name in "ab")
    same = [foreign("One", job, keys=[Key.flag(name)]) for name in ("x-y_z", "x_y-z")]
    app = register("app", [one, two, if_impl(loud.value, same[0], same[1], keys=[loud])])
    assert app.plan({"x-y_z": True}, loud=True).values["x-y_z"] is True
    assert app.plan(a_x_y=True).values["a-x_y"] is True
    with pytest.raises(UnknownKey, match="the key 'x_y_z' may be any of x-y_z, x_y-z"):
        app.plan(x_y_z=True)


def test_another_key_of_the_same_name_is_not_this_one(app: App) -> None:
    other = Key.opt("top-speed", arg.int, default=7)
    with pytest.raises(UnknownKey, match="a different key named top-speed was given") as caught:
        app.plan({other: 3})
    assert caught.value.objects == (other, speed)
    assert caught.value.locations == (other.location, speed.location)
    assert app.plan({Key.opt("top-speed", arg.int, default=1): 3}).values["top-speed"] == 3


@pytest.mark.parametrize("partial", ["no", 1, None])
def test_partial_is_true_or_false(app: App, partial: Any) -> None:
    with pytest.raises(InvalidValue, match="partial is True or False"):
        app.plan(partial=partial)


@pytest.mark.parametrize("key", ["top.speed", "", "speed", Key.flag("other"), 3, None])
def test_a_key_that_is_not_there_is_refused(app: App, key: Any) -> None:
    with pytest.raises(UnknownKey, match=r"(did you mean top-speed|it has colour, quiet, racing, top-speed)") as caught:
        app.plan({key: 1})
    assert caught.value.objects == (key,)


given_speeds = st.fixed_dictionaries({}, optional={"top-speed": OCAML_INTS, "colour": st.sampled_from(COLOURS)})
given_aliases = st.fixed_dictionaries({}, optional={"racing": st.booleans(), "quiet": st.booleans()})


@given(given_speeds, given_aliases, st.randoms())
def test_an_alias_sets_what_is_not_set_itself(keys: dict[str, Any], aliases: dict[str, bool], chance: Any) -> None:
    items = [*keys.items(), *aliases.items()]
    context = dict(chance.sample(items, len(items)))
    app = register("app", [noop], keys=[speed, colour, racing, quiet])
    active = [alias for alias in (racing, quiet) if context.get(alias.name)]
    assume(len(active) < 2 or speed.name in keys)
    values = app.plan(context).values
    for key in (speed, colour):
        default = next((dict(alias.sets)[key] for alias in active if key in dict(alias.sets)), key.default)
        assert values[key.name] == keys.get(key.name, default)


def _values(app: App, context: dict[str, Any]) -> dict[str, Any] | type[FunctoriaError]:
    try:
        return app.plan(context).values
    except InvalidValue as error:
        return type(error)


@given(given_speeds, given_aliases)
@example({}, {"racing": True, "quiet": True})
def test_the_order_of_a_context_changes_nothing(keys: dict[str, Any], aliases: dict[str, bool]) -> None:
    app = register("app", [noop], keys=[speed, colour, racing, quiet])
    whole = {**keys, **aliases}
    assert _values(app, whole) == _values(app, dict(reversed(whole.items())))


def test_two_aliases_that_set_a_key_otherwise_are_refused(app: App) -> None:
    for context in ({"racing": True, "quiet": True}, {"quiet": True, "racing": True}):
        with pytest.raises(
            InvalidValue, match="--quiet sets top-speed to 0, and --racing sets top-speed to 9: give one"
        ) as caught:
            app.plan(context)
        assert caught.value.objects == (quiet, racing, speed)
        assert len(caught.value.locations) == 2
        assert app.plan(context, top_speed=3).values["top-speed"] == 3
        partial = app.plan(context, partial=True)
        assert "top-speed" not in partial.values
        assert partial.complete(top_speed=3).values["top-speed"] == 3
        with pytest.raises(InvalidValue, match="--racing sets top-speed to 9"):
            partial.complete()
    alike = Key.alias("alike", {speed: 9})
    both = register("app", [noop], keys=[speed, colour, racing, alike]).plan(racing=True, alike=True)
    assert both.values["top-speed"] == 9


def test_a_key_that_an_alias_sets_can_be_given(app: App) -> None:
    hidden = Key.opt("hidden", arg.int, default=1)
    alone = register("app", [noop], keys=[Key.alias("alone", {hidden: 2})])
    assert "hidden" in alone.keys_by_name
    for context, value in (({}, 1), ({"alone": True}, 2), ({"hidden": 3, "alone": True}, 3)):
        plan = alone.plan(context)
        assert plan.values["hidden"] == value
        assert f"Arg.opt Cmdliner.Arg.int ({value})" in plan.files()["key_gen.ml"]


def test_an_alias_brings_no_key_that_is_elsewhere() -> None:
    """A key in a branch that is not taken is in no plan, and another key of that name takes what the alias sets."""
    one, two = (Key.opt("zone", arg.int, default=number) for number in (1, 2))
    loud = Key.flag("loud")
    chosen = if_impl(loud.value, foreign("Loud", job, keys=[two]), noop, keys=[loud])
    app = register("app", [chosen], keys=[Key.alias("alone", {one: 5})])
    assert "zone" not in app.plan(alone=True).values
    assert app.plan(alone=True, loud=True).values["zone"] == 5
    assert app.plan(loud=True).values["zone"] == 2


@given(given_speeds, given_aliases, st.data())
def test_a_plan_completed_in_steps_is_the_plan_made_at_once(
    keys: dict[str, Any], aliases: dict[str, bool], data: st.DataObject
) -> None:
    assume(sum(aliases.values()) < 2 or speed.name in keys)
    whole = {**keys, **aliases}
    first = data.draw(st.sets(st.sampled_from(sorted(whole)))) if whole else set()
    app = register("app", [noop], keys=[speed, colour, racing, quiet])
    partial = app.plan({name: whole[name] for name in first}, partial=True)
    completed = partial.complete({name: value for name, value in whole.items() if name not in first})
    assert completed.values == app.plan(whole).values


@pytest.mark.parametrize("sets", [{racing: True}, {Key.flag("r", stage="run"): True}, {"colour": "red"}])
def test_an_alias_sets_only_keys_that_are_configured(sets: Any) -> None:
    with pytest.raises(InvalidValue, match="the alias a can only set keys of the configuration"):
        Key.alias("a", sets)


@pytest.mark.parametrize("sets", [{}, [], [speed], None, "speed"])
def test_an_alias_sets_something(sets: Any) -> None:
    with pytest.raises(InvalidValue, match="the alias a must map at least one key"):
        Key.alias("a", sets)


def test_an_alias_sets_only_what_its_keys_accept() -> None:
    with pytest.raises(InvalidValue, match="key top-speed: 'fast' is not an integer"):
        Key.alias("a", {speed: "fast"})


def test_the_place_of_a_key_is_in_its_errors() -> None:
    with pytest.raises(DuplicateKey) as caught:
        plan_of(Key.flag("k"), Key.flag("k", doc="Other."))
    assert f"{Path(__file__).name}:" in str(caught.value)
