"""The OCaml module through which a program reads its keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria.errors import DuplicateKey
from functoria.record import Record

if TYPE_CHECKING:
    from functoria.key import Key


@frozen(eq=False, repr=False, slots=False)
class KeyModule(Record):
    """A generated module with a function for each key. An application's root device names the one that it has, if any.

    `name` is the name of the module. `reserved` are other names that it defines or uses; `exported` are those of them that
    code may call. For each key that the program reads at boot it also defines the key's name with each of `suffixes`.
    """

    name: str
    reserved: frozenset[str] = frozenset()
    exported: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of its source file."""
        return f"{self.name[0].lower()}{self.name[1:]}.ml"

    def call(self, key: Key[Any]) -> str:
        """The OCaml expression for the value of `key` when the program runs: `(Key_gen.port ())`."""
        return f"({self.name}.{key.ocaml_name} ())"

    def functions(self, key: Key[Any]) -> tuple[str, ...]:
        """Return the names that the module defines for `key`."""
        return (key.ocaml_name, *(f"{key.ocaml_name}{suffix}" for suffix in self.suffixes if key.runtime))

    def known(self, keys: Iterable[Key[Any]]) -> frozenset[str]:
        """Return the names that code may call if the module has these `keys`."""
        return self.exported | {key.ocaml_name for key in keys}

    def called(self, code: str) -> list[str]:
        """Return the names of the module that OCaml `code` uses. The code must be free of strings."""
        return self._mention.findall(code)

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        return re.compile(rf"\b{self.name}\.([a-z_][\w']*)")

    def check(self, keys: Iterable[Key[Any]]) -> None:
        """Raise DuplicateKey where names that the module defines for `keys` clash: `a-b` and `a_b`, or a reserved name."""
        taken: dict[str, Key[Any]] = {}
        for key in keys:
            functions = self.functions(key)
            for name in functions:
                other = taken.setdefault(name, key)
                if other is not key:
                    what = f"the keys {other.name} and {key.name} both claim {name} in {self.file}"
                    raise DuplicateKey.between(what, other, key)
            for name in self.reserved.intersection(functions):
                raise DuplicateKey(
                    f"{name} is taken in {self.file}: give the key another name",
                    objects=[key],
                    locations=[key.location],
                )


KEY_GEN = KeyModule(
    "Key_gen", reserved=frozenset(["runtime_keys", "raise"]), exported=frozenset(["runtime_keys"]), suffixes=("_t",)
)
"""The module that functoria's own runtime library, functoria-runtime, expects; `emit.key_gen` writes it."""
