"""Contexts: the values given for keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from attr import field, frozen

from functoria.errors import InvalidValue, Undecided, UnknownKey
from functoria.freeze import ReadOnly
from functoria.key import Key
from functoria.printable import worded
from functoria.record import Record
from functoria.term import exact


def _exactly(values: Mapping[str, Any]) -> Any:
    try:
        return exact(values)
    except InvalidValue:  # values that cannot be hashed are compared by ==
        return values


@frozen(eq=False, repr=False)
class Context(Record):
    """Values for keys, by name. A key without one has its default, unless the context is `partial`."""

    given: Mapping[str, Any] = field(factory=dict, converter=ReadOnly, eq=_exactly)
    """The values as they were given: Python values or text."""
    partial: bool = False
    aliases: tuple[Key[Any], ...] = ()
    """The aliases. A key that two given aliases set differently has no value unless it is given itself."""
    implied: Mapping[str, Any] = field(init=False, eq=False)
    """The values that the given aliases set, except for keys that were given themselves."""
    implied_by: Mapping[str, Key[Any]] = field(init=False, eq=False)
    """The alias that set each name in `implied`."""

    torn: Mapping[str, tuple[Key[Any], Mapping[Key[Any], Any]]] = field(init=False, eq=False)
    """The keys that aliases set to different values, by name, with the value that each alias sets."""

    def __attrs_post_init__(self) -> None:
        implied: dict[str, Any] = {}
        by: dict[str, Key[Any]] = {}
        torn: dict[str, tuple[Key[Any], Mapping[Key[Any], Any]]] = {}
        for alias in sorted(self.aliases, key=lambda key: key.name):
            if alias.name in self.given and alias.accept(self.given[alias.name]):
                for key, value in alias.sets:
                    if key.name in self.given:
                        continue
                    other = by.setdefault(key.name, alias)
                    if exact(implied.setdefault(key.name, value)) != exact(value):
                        torn.setdefault(key.name, (key, {other: implied[key.name], alias: value}))
        for name in torn:
            del implied[name], by[name]
        object.__setattr__(self, "implied", ReadOnly(implied))
        object.__setattr__(self, "implied_by", ReadOnly(by))
        object.__setattr__(self, "torn", ReadOnly(torn))

    @classmethod
    def of(
        cls,
        known: Mapping[str, tuple[Key[Any], ...]],
        given: Mapping[Any, Any] | None = None,
        named: Mapping[str, Any] | None = None,
        *,
        partial: bool = False,
    ) -> Context:
        """Make a context of values `given` by key or name, and of those `named`. `known` are all keys, by name.

        In names, `_` may stand for `-`. Raises UnknownKey and InvalidValue.
        """
        if given is not None and not isinstance(given, Mapping):
            raise InvalidValue(
                f"a context maps keys, or their names, to values; it is not {worded(given)}", objects=[given]
            )
        if not isinstance(partial, bool):
            raise InvalidValue(f"partial is True or False, not {worded(partial)}", objects=[partial])
        values: dict[str, Any] = {}
        for key, value in chain((given or {}).items(), (named or {}).items()):
            name = _name(known, key)
            if name in values:
                raise InvalidValue(f"{name} is given twice", objects=[name])
            values[name] = value
            for variant in known[name]:
                if not variant.configurable:
                    raise InvalidValue(
                        f"{name} is given when the unikernel runs, not when it is configured",
                        objects=[variant],
                        locations=[variant.location],
                    )
        accepted = {name: _accepted(known.get(name, ()), value) for name, value in values.items()}
        aliases = tuple(key for keys in known.values() for key in keys if key.kind == "alias")
        return cls(accepted, partial, aliases)

    def read(self, key: Key[Any]) -> Any:
        """Return the value of `key`, on which the configuration depends.

        Raises Undecided for an open key of a partial context, MissingKey for a required key that was not given, and
        InvalidValue for a key that is only set at boot.
        """
        return key.settled(self.initial(key) if key.configurable else None)

    def initial(self, key: Key[Any]) -> Any:
        """Return the key's configured value; for a runtime key, its default at boot.

        None for a required key that can still be given at boot. Raises Undecided for an open key of a partial context, and
        MissingKey.
        """
        for values in (self.given, self.implied):
            if key.name in values:
                return key.accept(values[key.name])
        if self.partial:
            raise Undecided(f"{key.name} is not decided yet", objects=[key], locations=[key.location])
        if key.name in self.torn:
            raise _torn(*self.torn[key.name])
        return key.default if key.runtime else key.settled(key.default)

    def with_more(self, more: Context) -> Context:
        """Return this context updated by `more`, whose values win, and which says whether the result is partial."""
        return Context({**self.given, **more.given}, more.partial, self.aliases)


def _torn(key: Key[Any], values: Mapping[Key[Any], object]) -> InvalidValue:
    """Return the error for a key that several aliases set to different `values`."""
    told = ", and ".join(f"{alias.options[-1]} sets {key.name} to {value!r}" for alias, value in values.items())
    return InvalidValue(
        f"{told}: give one of them, or {key.name} itself",
        objects=[*values, key],
        locations=[alias.location for alias in values],
    )


def _accepted(variants: tuple[Key[Any], ...], value: Any) -> Any:
    """Check `value` against all keys of one name, and convert it if there is only one."""
    converted = [key.accept(value) for key in variants]
    for key, held in zip(variants, converted, strict=True):
        if held is not None:
            key.printed(held)  # the state file has them as text
    return converted[0] if len(converted) == 1 else value


def _name(known: Mapping[str, tuple[Key[Any], ...]], key: object) -> str:
    if isinstance(key, Key) and key.name in known:
        variants = known[key.name]
        if key in variants:
            return key.name
        raise UnknownKey(
            f"a different key named {key.name} was given: give this configuration's own key, or its name",
            objects=[key, *variants],
            locations=[key.location, *(variant.location for variant in variants)],
        )
    if isinstance(key, str):
        alike = [key] if key in known else [name for name in known if name.replace("_", "-") == key.replace("_", "-")]
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise UnknownKey(f"the key {key!r} may be any of {_names(alike)}: write one of these names", objects=[key])
    shown = key.name if isinstance(key, Key) else repr(key)
    from functoria.misspelling import instead

    raise UnknownKey(
        f"there is no key {shown} in this configuration: {instead(key, sorted(known), listed='it has')}", objects=[key]
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
