"""A strategy for contexts: the values given for the keys of an application."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from functoria import arg
from functoria.errors import FunctoriaError, InvalidName, InvalidValue, Unsupported
from functoria.graph.context import Context
from functoria.key import Key
from functoria.plan.app import App
from functoria.testing.check import prepare
from functoria.testing.strategies import names_of, values_of
from functoria.testing.untraced import trace_own, untraced

_LEFT_OUT = object()


def contexts(
    app: App, given: Mapping[Any, SearchStrategy[Any]] | None = None, **named: SearchStrategy[Any]
) -> SearchStrategy[dict[str, Any]]:
    """Draw contexts for `app.plan`: dicts with values for some of the keys in all branches of `app`.

    `given` and `named` are strategies for certain keys, by key or by name, which then always have a value. Other keys that
    can be configured have a value that they accept (see `values_of`) or are left out, unless they are required. If several
    keys share a name in different branches, the value is one that all accept, as `app.plan` demands; if there is none, as
    for a number and a flag, the key is left out. Contexts shrink to the default one, `{}`.

    Contexts that devices refuse are not drawn (see `supported`). Contexts with any other error are drawn, so that your test
    sees `app.plan` raise it. Raises UnknownKey for a strategy of an unknown key, and InvalidValue for a required key whose
    values are not known.
    """
    prepare()
    chosen = {_name(app, key): strategy for key, strategy in {**(given or {}), **named}.items()}
    fields = {name: chosen[name] if name in chosen else _field(keys) for name, keys in app.keys_by_name.items()}
    known = {name: field for name, field in fields.items() if field is not None}
    free = _some(known)
    if supported(app, {}):
        return free.filter(lambda context: supported(app, context))
    # If the defaults are refused, begin with single choices that are not, such as the targets that a device is for.
    seeds = [{name: value} for name in known for value in _finite(app.keys_by_name[name])]
    seeds = [seed for seed in seeds if not chosen and supported(app, seed)]
    starts = [_some(known, seed) for seed in seeds]
    return st.one_of([*starts, free]).filter(lambda context: supported(app, context))


def supported(app: App, context: Mapping[str, Any]) -> bool:
    """Return whether `app` supports `context`: no device raises Unsupported or warns, and the files can express its text.

    Files cannot express text with which emitting raises InvalidName, but without which it does not, such as a backslash
    in the name of a network interface of Xen. Other errors, of planning or emitting, do not count.
    """
    texts = [name for name in context if any(key.converter == arg.string for key in app.keys_by_name.get(name, ()))]
    try:
        with untraced():
            return _said(app, context) or not _said(app, {n: v for n, v in context.items() if n not in texts})
    except Unsupported:
        return False


def _said(app: App, context: Mapping[str, Any]) -> bool:
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            app.plan(context).files()
        if said:
            raise Unsupported(str(said[0].message))
    except Unsupported:
        raise
    except InvalidName:
        return False
    except FunctoriaError:
        return True
    return True


def _name(app: App, key: object) -> str:
    name = key.name if isinstance(key, Key) else str(key)
    spellings = [s for s in (name, name.replace("_", "-"), name.replace("-", "_")) if s in app.keys_by_name]
    if not spellings:
        Context.of(app.keys_by_name, {key: None})
    return spellings[0]


def _field(keys: tuple[Key[Any], ...]) -> SearchStrategy[Any] | None:
    """Draw values for the keys of one name, or `_LEFT_OUT`. Returns None if no value can be given, or none is known."""
    if not all(key.configurable for key in keys):
        return None
    required = any(key.kind == "required" and key.stage == "configure" for key in keys)
    try:
        found = _common(keys) if any(key.converter != keys[0].converter for key in keys) else values_of(keys[0])
    except InvalidValue:
        if required:
            raise
        return None
    if required:
        return found
    few = _finite(keys)
    # If there are few values, each is drawn as often as leaving the key out: each target as often as the default.
    return st.sampled_from([_LEFT_OUT, *few]) if few else st.one_of(st.just(_LEFT_OUT), found)


def _common(keys: tuple[Key[Any], ...]) -> SearchStrategy[Any]:
    """Draw values that all of `keys`, which share a name in different branches, accept, as `app.plan` demands.

    These are texts that one key prints and the others parse. Raises InvalidValue if none is found.
    """
    texts: list[str] = ["", "0", "true", "a"]
    for key in keys:
        known = [key.default] * (key.default is not None) + _finite((key,))
        texts += map(key.converter.print, known)
    common = [text for text in dict.fromkeys(texts) if all(_accepts(key, text) for key in keys)]
    if not common:
        raise InvalidValue(f"no value is known that every key {keys[0].name} accepts: give a strategy", objects=keys)
    found: list[SearchStrategy[Any]] = [st.sampled_from(common)]
    for key in keys:
        # Draw from keys of which the others parse every sample.
        if all(text in common for text in texts if _accepts(key, text)):
            with suppress(InvalidValue):
                found.append(values_of(key).map(key.converter.print))
    return st.one_of(found).filter(lambda text: all(_accepts(key, text) for key in keys))


def _accepts(key: Key[Any], value: object) -> bool:
    try:
        key.accept(value)
    except InvalidValue:
        return False
    return True


@st.composite
def _some(
    draw: st.DrawFn, fields: Mapping[str, SearchStrategy[Any]], seed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Draw values for keys one by one, not as a tuple: Hypothesis would vary each part of that to explain a failure."""
    trace_own()
    found = dict(seed or {})
    for name, field in fields.items():
        if name not in found and (value := draw(field)) is not _LEFT_OUT:
            found[name] = value
    return found


def _finite(keys: tuple[Key[Any], ...]) -> list[Any]:
    if any(key.converter != keys[0].converter for key in keys):
        return []
    if keys[0].converter == arg.bool:
        return [False, True]
    return names_of(keys[0].converter)
