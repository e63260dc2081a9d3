"""The targets of a release by name: its own, those of other distributions, and those that configurations add."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from functoria import Key
from functoria.converter import Converter
from functoria.errors import FunctoriaError, FunctoriaWarning, InvalidName, InvalidValue
from functoria.names import WORD
from functoria.printable import worded

if TYPE_CHECKING:

    class Named(Protocol):
        """The base of targets of any release."""

        @property
        def name(self) -> str:
            """The name by which it is chosen, as in `-t hvt`."""
            ...


T = TypeVar("T", bound="Named")
_LETTERS = WORD | {"-"}


class Targets(Mapping[str, T]):
    """The targets of a release by name, in the order in which messages list them.

    There is one table per process, which only grows. Configurations with a target of their own add it when they are imported.
    Other distributions offer theirs by entry points of `group`: see `mirage_devices.others`.
    """

    def __init__(self, kind: type[T], own: Iterable[T], group: str | None = None) -> None:
        self._kind = kind
        self._group = group
        self._looked = False
        self._own = {target.name: target for target in own}
        self._all = dict(self._own)

    @property
    def own(self) -> tuple[str, ...]:
        """The names of the release's own targets."""
        return tuple(self._own)

    @property
    def added(self) -> tuple[str, ...]:
        """The names of targets that configurations, and other distributions, have added."""
        return tuple(name for name in self._all if name not in self._own)

    def add(self, target: T) -> T:
        """Add `target`, so that unikernels can be planned for it, and return it.

        A module that is imported again replaces its own target. Raises InvalidName for a name that is not valid for opam
        packages and files, and InvalidValue if it is not a target, or another target has the name.
        """
        if not isinstance(target, self._kind):
            raise InvalidValue(f"{worded(target)} is not a {self._kind.__name__}, as targets must be", objects=[target])
        if not target.name or target.name[0] == "-" or not _LETTERS.issuperset(target.name):
            raise InvalidName(
                f"{target.name!r} is not a name for a target: use letters, digits, - and _", objects=[target]
            )
        other = self._all.get(target.name)
        if other is not None and other != target and (target.name in self._own or _origin(other) != _origin(target)):
            raise InvalidValue(
                f"{target.name} is the name of another target: give {_origin(target)} a name of its own",
                objects=[other, target],
            )
        self._all[target.name] = target
        return target

    def _look(self) -> None:
        """Add the targets of other distributions, once. Those that cannot be used are left out with a warning."""
        if self._looked or self._group is None:
            return
        self._looked = True
        from mirage_devices.others import load, named, told

        for name, entry in named(self._group).items():
            try:
                target = load(entry)
                try:
                    if isinstance(target, self._kind) and target.name != name:
                        raise InvalidValue(f"its target is called {target.name}: use that name", objects=[target])
                    self.add(target)
                except FunctoriaError as error:
                    error.message = f"{told(entry)}: {error.message}"
                    raise
            except FunctoriaError as error:
                warnings.warn(FunctoriaWarning(f"a target is left out: {error.message}"), stacklevel=2)

    def __getitem__(self, name: str) -> T:
        try:
            if name not in self:
                raise KeyError(name)
            return self._all[name]
        except KeyError:
            raise InvalidValue(
                f"there is no target {name} here: import the module that adds it first, or choose one of {', '.join(self)}",
                objects=[name],
            ) from None

    def __contains__(self, name: object) -> bool:
        if name not in self._all:
            self._look()
        return name in self._all

    def __iter__(self) -> Iterator[str]:
        self._look()
        return iter(self._all)

    def __len__(self) -> int:
        self._look()
        return len(self._all)


def _origin(target: Any) -> str:
    """Return the qualified name of a target's class, which is the same if its module is imported again."""
    return f"{type(target).__module__}.{type(target).__qualname__}"


class TargetName(Converter[str]):
    """A converter for names of targets. Each release has a subclass with its targets."""

    @property
    def targets(self) -> Targets[Any]:
        """The targets of the release."""
        raise NotImplementedError

    @property
    def alternatives(self) -> tuple[str, ...]:
        return tuple(self.targets)

    def parse(self, text: str) -> str:
        if text not in self.targets:
            raise ValueError(f"or of {', '.join(self.targets.added)}" if self.targets.added else "")
        return text

    def print(self, value: str) -> str:
        return value


def target_key(converter: TargetName, section: str, registered_by: str) -> Key[str]:
    """Return a release's key `target`; its documentation lists the release's own targets.

    The default is `unix` on every machine, so that a plan is the same wherever it is made.
    """
    listed = ", ".join(converter.targets.own)
    return Key.opt(
        "target",
        converter,
        default="unix",
        doc=f"What the unikernel runs on: one of {listed}.",
        docs=section,
        docv="TARGET",
        env="MODE",
        flags=["t", "target"],
        stage="configure",
        registered_by=registered_by,
    )
