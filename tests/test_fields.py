"""Fields of devices: what they may hold, what counts, and that nothing changes them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any, NamedTuple

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from functoria import Device, foreign, job, noop, register
from functoria.device import AnyDevice
from functoria.errors import InvalidModule, InvalidValue, TypeMismatch
from tests.test_impl import which

HERE = __file__


class Pair(NamedTuple):
    """Two numbers."""

    one: int
    two: int


@frozen
class Holder(Device[*tuple[Any, ...]]):
    """A device of any one field."""

    held: Any

    type = job
    module = "Holder"


scalars = st.none() | st.integers(-3, 3) | st.text(max_size=3) | st.builds(Pair, st.integers(0, 2), st.integers(0, 2))
fields = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.sets(st.integers(0, 3), max_size=3),
    ),
    max_leaves=6,
)


def _frozen(value: Any) -> Any:
    """`value` without what can change: the model of what a device holds."""
    if isinstance(value, (list, tuple)):
        return ("sequence", *map(_frozen, value))
    if isinstance(value, Mapping):
        return ("mapping", frozenset((key, _frozen(item)) for key, item in value.items()))
    return frozenset(value) if isinstance(value, set) else value


@given(fields, fields)
def test_devices_are_equal_exactly_where_their_fields_are(one: Any, two: Any) -> None:
    assert hash(Holder(one)) == hash(Holder(copy.deepcopy(one)))
    assert Holder(one) == Holder(copy.deepcopy(one))
    assert (Holder(one) == Holder(two)) == (_frozen(one) == _frozen(two))


@given(st.dictionaries(st.text(max_size=2), st.integers(), min_size=2, max_size=4))
def test_the_order_of_a_dict_is_no_part_of_its_value(held: dict[str, int]) -> None:
    turned = dict(reversed(held.items()))
    assert held == turned
    assert Holder(held) == Holder(turned)
    assert hash(Holder(held)) == hash(Holder(turned))


@given(fields)
def test_what_a_device_holds_can_no_longer_change(value: Any) -> None:
    device = Holder(value)
    before = hash(Holder(copy.deepcopy(value)))
    _spoil(value)
    assert hash(device) == before
    for mutable in _within(device.held):
        assert not isinstance(mutable, (list, dict, set))


def _spoil(value: Any) -> None:
    for item in _within(value):
        if isinstance(item, list):
            item.append("more")
        elif isinstance(item, dict):
            item["more"] = "more"
        elif isinstance(item, set):
            item.add("more")


def _within(value: Any) -> list[Any]:
    """`value` and all that it holds."""
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple, set)) else ()
    return [value, *(part for item in inside for part in _within(item))]


def test_named_tuples_inside_a_list_keep_their_names() -> None:
    assert Holder([Pair(1, 2)]).held[0].two == 2
    assert Holder({"p": Pair(1, 2)}).held["p"].one == 1
    assert Holder([Pair(1, 2)]).held[0] == Pair(1, 2)


def test_other_classes_make_other_devices() -> None:
    @frozen
    class Other(Device[*tuple[Any, ...]]):
        held: Any
        type = job
        module = "Holder"

    @frozen
    class Heir(Holder):
        pass

    devices: list[AnyDevice] = [Holder(1), Other(1), Heir(1), Holder(IPv4Address("0.0.0.1")), Holder((1,)), Holder("1")]
    assert len(set(devices)) == len(devices)
    assert len(register("app", devices).plan().devices) == len(devices) + 1


@pytest.mark.parametrize("module", ["", "unikernel.main", "Main.", ".Main", "Main x", "Main.É", "3", 'M"', None, 3])
def test_what_is_no_module_is_refused(module: Any) -> None:
    with pytest.raises(InvalidModule) as caught:
        foreign(module, job)
    assert HERE in [place.file for place in caught.value.locations]


@pytest.mark.parametrize(
    "arguments",
    [{"packages": "io-page"}, {"packages": ["io-page"]}, {"keys": [which.value]}, {"deps": [job]}, {"deps": noop}],
)
def test_what_is_no_list_of_the_right_things_is_refused(arguments: Any) -> None:
    with pytest.raises(InvalidValue, match=rf"^{next(iter(arguments))} of Main is .*, but must be a list of"):
        foreign("Main", job, **arguments)
    with pytest.raises(TypeMismatch, match="must be a Type"):
        foreign("Main", "job")  # type: ignore[arg-type]  # that is what is tested
