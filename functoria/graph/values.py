"""The values of a plan's keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from functoria.errors import UnknownKey
from functoria.freeze import ReadOnly
from functoria.key import Key


class Values(ReadOnly[Any, Any]):
    """A mapping from names of keys to values. Look-ups also accept keys, and names with `_` for `-`, as `App.plan` does.

    Raises UnknownKey, a KeyError, for a key that the plan does not have, and TypeError for an attempt to change it.
    """

    advice = "the values of a plan's keys are not changed: give other values to App.plan"

    def __init__(self, values: Iterable[tuple[str, Any]], keys: Iterable[Key[Any]]) -> None:
        super().__init__(values)
        self._keys = {key.name: key for key in keys}

    def __missing__(self, asked: object) -> Any:
        name = self._name(asked)
        if name is not None and dict.__contains__(self, name):
            return dict.__getitem__(self, name)
        shown = asked.name if isinstance(asked, Key) else repr(asked)
        if name in self._keys:
            raise UnknownKey(f"the key {shown} has no value in a partial plan: complete it first", objects=[asked])
        from functoria.misspelling import instead

        raise UnknownKey(
            f"there is no key {shown} in this plan: {instead(asked, sorted(self._keys), listed='it has')}",
            objects=[asked],
        )

    def __contains__(self, asked: object) -> bool:
        name = self._name(asked)
        return name is not None and dict.__contains__(self, name)

    def get(self, asked: object, default: Any = None) -> Any:
        """Return the value of a key; `default` if the plan does not have the key or its value is still open."""
        name = self._name(asked)
        return default if name is None else dict.get(self, name, default)

    def _name(self, asked: object) -> str | None:
        """Return the name of the key that `asked`, a key or a name, refers to; None if there is no such key."""
        if isinstance(asked, Key):
            return asked.name if asked.name in self._keys and self._keys[asked.name] == asked else None
        if not isinstance(asked, str) or asked in self._keys:
            return asked if isinstance(asked, str) else None
        alike = [name for name in self._keys if name.replace("_", "-") == asked.replace("_", "-")]
        return alike[0] if len(alike) == 1 else None

    def __reduce__(self) -> tuple[Any, ...]:
        return (Values, (tuple(self.items()), tuple(self._keys.values())))
