"""Switches: the values that each key can be set to, when several plans are made or drawn."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any, NamedTuple

from functoria.errors import FunctoriaError
from functoria.graph.context import Context
from functoria.impl import Choice
from functoria.key import Key
from functoria.printable import shown
from functoria.term import exact
from functoria.value import Case, Lift, Pure, Read, Value

if TYPE_CHECKING:
    from functoria.plan.app import App

_MOST = 32
"""The maximal number of values of a key with a switch."""


class Failed(NamedTuple):
    """The outcome of a value whose evaluation fails, with the reason."""

    message: str


class Switch(NamedTuple):
    """The texts that a key can be given, in addition to not being given. Keys with the same name share one."""

    name: str
    variants: tuple[Key[Any], ...]
    texts: tuple[str, ...]
    usual: int | None
    """The number of the text with the same effect as not giving the key, if any."""


def switches(app: App, given: Mapping[str, Any], locked: Set[str]) -> tuple[Switch, ...]:
    """Return a switch for each name of a key of `app`. Those `locked` have at most the `given` value."""
    constants = _constants(app)
    set_by_others = aimed(app)
    found = []
    for name, variants in app.keys_by_name.items():
        texts: dict[str, None] = {}
        if name in given:
            texts[_text(variants[0], given[name])] = None
        if name not in locked and variants[0].configurable:
            several = dict.fromkeys(text for key in variants for text in key.converter.alternatives)
            for constant in constants.get(name, ()) if not several else ():
                several.update(dict.fromkeys(_printed(variants[0], constant)))
            if len(several) <= _MOST:
                texts.update(several)
        accepted = tuple(text for text in texts if _accepts(app, name, text))
        defaults = {_default(key) for key in variants}
        single = next(iter(defaults)) if len(defaults) == 1 and name not in set_by_others else None
        found.append(Switch(name, variants, accepted, accepted.index(single) if single in accepted else None))
    return tuple(found)


def outcomes(app: App, switch: Switch, key: Key[Any]) -> list[Any]:
    """Return the value of `key` if nothing is given, then for each text of its switch, then for each alias that sets it."""
    contexts: list[Mapping[str, Any]] = [{}, *({switch.name: text} for text in switch.texts)]
    found = [_read(Context.of(app.keys_by_name, context), key) for context in contexts]
    for _, value in aliases(app, switch.name):
        try:
            found.append(key.settled(key.accept(value)))
        except FunctoriaError as error:
            found.append(Failed(error.message))
    return found


def aimed(app: App) -> set[str]:
    """Return the names of the keys that aliases set."""
    return {key.name for alias in app.keys for key, _ in alias.sets}


def aliases(app: App, name: str) -> list[tuple[Key[Any], Any]]:
    """Return the aliases that set the keys called `name`, each with the value, in the order in which they apply."""
    ordered = sorted({key.name: key for key in app.keys if key.kind == "alias"}.values(), key=lambda key: key.name)
    return [(alias, value) for alias in ordered for key, value in alias.sets if key.name == name]


def distinct(values: list[Any]) -> list[int]:
    """Return a number for each of `values`, the same for those that are exactly equal."""
    seen: list[Any] = []
    found = []
    for value in values:
        mark = exact(value)
        if mark not in seen:
            seen.append(mark)
        found.append(seen.index(mark))
    return found


def _read(context: Context, key: Key[Any]) -> Any:
    try:
        return context.read(key)
    except FunctoriaError as error:
        return Failed(error.message)


def _default(key: Key[Any]) -> str | None:
    return None if key.default is None else _text(key, key.default)


def _text(key: Key[Any], value: Any) -> str:
    return value if isinstance(value, str) else key.printed(value)


def _printed(key: Key[Any], constant: Any) -> Iterator[str]:
    try:
        yield key.printed(key.accept(constant))
    except FunctoriaError:
        return


def _accepts(app: App, name: str, text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            Context.of(app.keys_by_name, {name: text})
        return shown(text) == text
    except FunctoriaError:
        return False


def _constants(app: App) -> Mapping[str, dict[Any, None]]:
    """Return what the values of keys are compared with, by the keys' names: labels of cases, and constants next to them."""
    found: dict[str, dict[Any, None]] = {}
    for term in app.survey.terms:
        if isinstance(term, (Choice, Case)) and isinstance(term.selector, Read):
            found.setdefault(term.selector.key.name, {}).update({label: None for label, _ in term.cases})
        elif isinstance(term, Lift):
            reads = [part for part in term.arguments if isinstance(part, Read)]
            pure: list[Value[Any]] = [part for part in term.arguments if isinstance(part, Pure)]
            if len(reads) == 1 and len(pure) == len(term.arguments) - 1:
                for part in pure:
                    _keep(found.setdefault(reads[0].key.name, {}), part)
    return found


def _keep(found: dict[Any, None], value: Value[Any]) -> None:
    assert isinstance(value, Pure)
    try:
        found[value.constant] = None
    except TypeError:  # cannot be a value of a key
        return
