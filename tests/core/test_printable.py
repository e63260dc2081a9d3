"""Values in messages: a few words on one line, without internals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functoria
from functoria import Key, Type, arg, foreign, if_impl, job, package
from functoria.printable import worded
from mirage_devices import default_time, netif, register, target


class Odd:
    def __repr__(self) -> str:
        raise ValueError


KEY = Key.opt("hello", arg.list(arg.enum(["a", "b"])), default=["a"])
THINGS: list[Any] = [
    *(KEY, KEY.value, target.value.eq("xen"), foreign("Unikernel", job), default_time, netif, functoria, Odd, object()),
    *(
        package("lwt", min="5.0"),
        Type("time"),
        job >> job,
        arg.list,
        arg.int,
        len,
        lambda: 1,
        register("x", [foreign("U", job)]),
    ),
    if_impl(target.value.eq("xen"), foreign("One", job), foreign("Two", job)),
]
VALUES = st.recursive(
    st.sampled_from(THINGS) | st.builds(Odd) | st.text() | st.integers() | st.floats() | st.binary() | st.none(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_is_a_few_words(value: object) -> None:
    words = worded(value)
    assert " at 0x" not in words
    assert len(words) <= 200
    assert not any(each in words for each in ("converter=", "location=", "_Scalar(", "packages=[]"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (KEY, "the key hello"),
        (arg.int, "a converter for an integer"),
        (arg.enum([f"value-{number}" for number in range(40)]), "a converter"),
        (netif, "the function netif"),
        (Odd, "the class Odd"),
        (Type("time"), "the type time"),
        ([foreign("U", job)], "a list of U, a job"),
        ("x", "'x'"),
        (object(), "an object of the class object"),
        ({"xen", "hvt"}, "{'hvt', 'xen'}"),
    ],
)
def test_the_words_for_a_value(value: object, words: str) -> None:
    assert worded(value) == words
