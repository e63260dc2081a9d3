"""Hypothesis strategies for the values of the core: versions, bounds, packages, converters, keys, values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, TypeVar, cast, get_args, get_origin

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria import arg
from functoria.bounds import Bounds
from functoria.converter import _List, _Scalar, _Some
from functoria.errors import InvalidValue
from functoria.key import Key, Stage
from functoria.names import KEYWORDS
from functoria.package import Package, package
from functoria.testing.made import made
from functoria.value import Value, lift
from functoria.version import Version

T = TypeVar("T")
_LETTERS = ascii_lowercase + ascii_uppercase
_LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))
_STAGES: tuple[Stage, ...] = ("both", "configure", "run")


def names(*, max_size: int = 12) -> SearchStrategy[str]:
    """Draw names valid in all languages: a lower-case letter, then letters, digits and `_`. The simplest is `a`."""
    first, more = st.sampled_from(ascii_lowercase), st.text(ascii_lowercase + digits + "_", max_size=max_size - 1)
    return made(str.__add__, first, more).filter(lambda name: name not in KEYWORDS)


def module_paths() -> SearchStrategy[str]:
    """Draw OCaml module paths, such as `Unikernel.Main`. The simplest is `A`."""
    return st.lists(names().map(str.capitalize), min_size=1, max_size=3).map(".".join)


def versions() -> SearchStrategy[Version]:
    """Draw versions that opam accepts: mostly releases, some with a suffix, some arbitrary. The simplest is `0`."""
    release = st.lists(st.integers(0, 99).map(str), min_size=1, max_size=4).map(".".join)
    suffix = st.sampled_from(["", "~beta", "~rc1", "-1", "+dune", "+3.2", "~"])
    odd = st.text(_LETTERS + digits + "._+~-", min_size=1, max_size=12)
    prefixed = made("{}{}{}".format, st.sampled_from(["", "v"]), release, suffix)
    return st.one_of(release, prefixed, odd).map(Version)


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    """Draw bounds that are not empty: open, half open, or a minimum below a maximum. The simplest are open."""
    ends = st.none() | versions()
    low, high = draw(ends), draw(ends)
    if low is not None and high is not None:
        if high < low:
            low, high = high, low
        high = None if low == high else high
    return Bounds(low, high)


def _name_of_package() -> SearchStrategy[str]:
    return made("{}{}".format, names(), st.sampled_from(["", "-unix", "_lwt", "+x", "-v2"]))


@st.composite
def packages(
    draw: st.DrawFn,
    names: SearchStrategy[str] | None = None,
    bounds: SearchStrategy[Bounds] | None = None,
    *,
    pinned: bool = True,
) -> Package:
    """Draw packages with all kinds of libraries, for building or linking, some with a pin.

    `names` and `bounds` are strategies to use instead of the default ones. `pinned=False` draws no pins.
    """
    within = draw(bounds if bounds is not None else globals()["bounds"]())
    name = draw(names if names is not None else _name_of_package())
    parts = st.lists(st.sampled_from(["unix", "lwt", "mirage.tls"]), unique=True, max_size=2)
    libraries = draw(
        st.one_of(
            st.just({}),
            parts.map(lambda some: {"sublibs": some}),
            parts.map(lambda some: {"ocamlfind": [f"{name}.{part}" for part in some]}),
        )
    )
    pins = st.sampled_from([None, "https://example.org/x.git#master", "./vendored/x"]) if pinned else st.none()
    return package(
        name, min=within.min, max=within.max, build=draw(st.booleans()), pin=draw(pins), **cast(Any, libraries)
    )


def converters() -> SearchStrategy[arg.Converter[Any]]:
    """Draw converters of `arg`: text, booleans, integers, enums, and options and lists of these. The simplest is text."""
    enums = st.lists(names(), min_size=1, max_size=4, unique=True).map(arg.enum)
    plain: SearchStrategy[arg.Converter[Any]] = st.one_of(
        cast("SearchStrategy[arg.Converter[Any]]", st.sampled_from([arg.string, arg.bool, arg.int])), enums
    )
    return st.one_of(plain, plain.map(arg.some), plain.map(arg.list))


def converters_of(kind: Any) -> SearchStrategy[arg.Converter[Any]]:
    """Draw converters of `arg` for the Python type `kind`: `bool`, `int`, `str`, `int | None`, `tuple[int, ...]`.

    Raises InvalidValue if no converter has values of the type.
    """
    inside = [part for part in get_args(kind) if part not in (Ellipsis, type(None))]
    if kind is Any or isinstance(kind, TypeVar):
        return converters()
    if kind in (bool, int):
        return st.just(arg.bool if kind is bool else arg.int)
    if kind is str:
        return st.just(arg.string) | st.lists(names(), min_size=1, max_size=4, unique=True).map(arg.enum)
    if len(inside) == 1 and get_origin(kind) is tuple:
        return converters_of(inside[0]).map(arg.list)
    if len(inside) == 1 and type(None) in get_args(kind):
        return converters_of(inside[0]).map(arg.some)
    raise InvalidValue(f"no converter of arg has values of type {kind}: give a strategy of your own", objects=[kind])


def keys_of(kind: Any) -> SearchStrategy[Key[Any]]:
    """Draw keys whose values have the Python type `kind`, which `converters_of` must know."""
    kinds = ("flag", "opt", "required") if kind is bool else ("opt", "required")
    return keys() if kind is Any or isinstance(kind, TypeVar) else _keys(None, converters_of(kind), _STAGES, kinds)


def values_of(of: Key[T] | arg.Converter[T]) -> SearchStrategy[T]:
    """Draw Python values that a key or converter accepts.

    For a converter made by `arg.custom`, these are values of its `instance` that Hypothesis can draw (see
    `register_type_strategy`) and that the converter parses back from their text; if these are texts of a form, such as
    NAME:URL, they are made to have it. For other classes of converters, they are its `alternatives`. Text is a single line
    without control characters, because some targets' files cannot express others. For a key whose converter has neither, only
    the default is drawn.

    Raises InvalidValue for a converter whose values are not known.
    """
    converter: Any = of.converter if isinstance(of, Key) else of
    found = _values(converter)
    if found is None and isinstance(of, Key) and of.default is not None:
        found = st.just(of.default)
    if found is None:
        raise InvalidValue(
            f"no values of {of!r} are known: give a strategy for it, or an instance= to its converter", objects=[of]
        )
    return found


def _values(converter: Any) -> SearchStrategy[Any] | None:
    if converter == arg.string:
        return _LINES
    if converter == arg.bool:
        return st.booleans()
    if converter == arg.int:
        return st.integers(-(2**62), 2**62 - 1)
    if isinstance(converter, _Some):
        return st.none() | inside if (inside := _values(converter.item)) is not None else st.none()
    if isinstance(converter, _List):
        inside = _values(converter.item)
        return st.just(()) if inside is None else st.lists(inside, max_size=4).map(tuple)
    if names := names_of(converter):
        return st.sampled_from(names)
    if isinstance(converter, _Scalar) and converter.instance is not None:
        instances: SearchStrategy[Any] = st.from_type(converter.instance)
        return _of_form(converter) if converter.instance is str else instances.filter(_read_back(converter))
    return None


def _of_form(converter: arg.Converter[str]) -> SearchStrategy[str]:
    """Draw texts that a converter accepts. If it describes them by a form, such as NAME:URL, others take that form.

    Any texts are hardly ever of a form, so that Hypothesis would try ten thousand for a hundred that are accepted.
    """
    same, form = _read_back(converter), converter.expected
    if not same(form):
        return _LINES.filter(same)

    def formed(text: str) -> str:
        word = "".join(char for char in text if char.isascii() and char.isalnum())
        return next(filter(same, (text, re.sub("[A-Z]+", word, form), form)))

    return _LINES.map(formed)


def names_of(converter: Any) -> list[str]:
    """Return the texts that `converter` accepts, with synonyms if it lists them; empty if they cannot be listed."""
    if isinstance(converter, (_Some, _List)):
        return []
    return list(dict.fromkeys(converter.spellings))


def _read_back(converter: arg.Converter[Any]) -> Callable[[Any], bool]:
    def same(value: Any) -> bool:
        try:
            return bool(converter.parse(converter.print(value)) == value)
        except Exception:  # a user's functions may raise anything for a value that they do not accept
            return False

    return same


def keys(
    names: SearchStrategy[str] | None = None,
    converters: SearchStrategy[arg.Converter[Any]] | None = None,
    stages: Sequence[Stage] = _STAGES,
) -> SearchStrategy[Key[Any]]:
    """Draw keys of all kinds except aliases, in each of `stages`.

    `names` and `converters` are strategies to use instead of the default ones. Each key's only option is its name, so that
    keys with different names do not clash. The simplest is the flag `a`.
    """
    return _keys(names, converters, stages, ("flag", "opt", "required"))


@st.composite
def _keys(
    draw: st.DrawFn,
    names: SearchStrategy[str] | None,
    converters: SearchStrategy[arg.Converter[Any]] | None,
    stages: Sequence[Stage],
    kinds: Sequence[str],
) -> Key[Any]:
    name = draw(names if names is not None else globals()["names"]())
    stage = draw(st.sampled_from(list(stages)))
    doc = draw(st.text(max_size=20))
    kind = draw(st.sampled_from(list(kinds)))
    if kind == "flag":
        return Key.flag(name, doc=doc, stage=stage)
    converter = draw(converters if converters is not None else globals()["converters"]())
    if kind == "required":
        return Key.required(name, converter, doc=doc, stage=stage)
    return Key.opt(name, converter, default=draw(values_of(converter)), doc=doc, stage=stage)


def conditions(keys: Sequence[Key[Any]]) -> SearchStrategy[Value[bool]]:
    """Draw boolean values that depend on `keys`, which must be configurable: comparisons and combinations of these.

    The simplest is the constant True.
    """
    constant = st.booleans().map(lambda b: Value.pure(not b))
    if not keys:
        return constant
    single = st.sampled_from(list(keys)).flatmap(lambda key: values_of(key).map(key.value.eq))
    return st.recursive(
        constant | single,
        lambda inner: (
            inner.map(lambda value: value.map(_not))
            | made(lambda a, b: lift(_and, a, b), inner, inner)
            | made(lambda a, b, c: a.if_(b, c), inner, inner, inner)
        ),
        max_leaves=4,
    )


def _not(value: bool) -> bool:
    return not value


def _and(one: bool, two: bool) -> bool:
    return one and two


def values_like(kind: Any) -> SearchStrategy[Value[Any]]:
    """Draw values of the Python type `kind`: constants, keys' values, and choices between these by a condition."""
    if kind is Any or isinstance(kind, TypeVar):
        return values()
    constants: SearchStrategy[Any] = st.from_type(kind)
    leaves: SearchStrategy[Value[Any]] = constants.map(Value.pure)
    with suppress(InvalidValue):
        leaves = leaves | _keys(None, converters_of(kind), ("both", "configure"), ("opt",)).map(lambda key: key.value)
    flags = _keys(None, None, ("both", "configure"), ("flag",)).map(lambda key: key.value)
    return st.recursive(leaves, lambda inner: made(lambda c, a, b: c.if_(a, b), flags, inner, inner), max_leaves=3)


def values(keys: Sequence[Key[Any]] = ()) -> SearchStrategy[Value[Any]]:
    """Draw values that depend on `keys`: constants, keys' values, and choices between them. The simplest is a constant."""
    leaves: list[SearchStrategy[Value[Any]]] = [st.integers(0, 9).map(Value.pure)]
    if keys:
        leaves.append(st.sampled_from(list(keys)).map(lambda key: key.value))
    by = conditions(keys)
    return st.recursive(
        st.one_of(leaves),
        lambda inner: made(lambda c, a, b: c.if_(a, b), by, inner, inner) | inner.map(lambda v: v.map(repr)),
        max_leaves=6,
    )
