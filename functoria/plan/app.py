"""Applications: a root device under a name, from which plans are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from functoria.device import library_names, list_of
from functoria.errors import InvalidValue, TypeMismatch
from functoria.impl import Impl, describe, matches
from functoria.key import Key
from functoria.location import Location, here
from functoria.main import Main
from functoria.package import Package
from functoria.transport import declared
from functoria.types import job

if TYPE_CHECKING:
    from functoria.graph.survey import Survey
    from functoria.plan.plan import Plan
    from functoria.types import Job


@frozen(slots=False, repr=False)
class App:
    """An application, before any choice is made. Made by `register`. Equal are applications of equal root devices."""

    root: Main
    location: Location | None = field(default=None, eq=False)
    name: str = field(init=False, eq=False)
    """The name as files, packages and programs spell it."""

    __getstate__ = declared

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.root, Main):
            raise InvalidValue(
                f"an application is of a root device, not of {self.root!r}: make it by register(name, jobs)",
                objects=[self.root],
            )
        object.__setattr__(self, "name", self.root.program_name)

    @property
    def file(self) -> Path | None:
        """The file that binds it to a name, as a configuration does; None where none does, as at a prompt or in a notebook."""
        from functoria.plan.bound import bound_in

        return bound_in(self)

    @property
    def title(self) -> str:
        """The name that it was registered under."""
        return self.root.title

    @cached_property
    def survey(self) -> Survey:
        """What all branches of all choices hold."""
        from functoria.graph.survey import survey

        return survey(self.root)

    @property
    def keys_by_name(self) -> dict[str, tuple[Key[Any], ...]]:
        """All keys of all branches, by name, in order of name.

        A name may have several keys, such as one with another default for each target, as long as no plan holds two.
        """
        return self.survey.keys

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """All keys of all branches, in order of name."""
        return tuple(key for keys in self.keys_by_name.values() for key in keys)

    def plan(self, context: Mapping[Any, Any] | None = None, *, partial: bool = False, **named: Any) -> Plan:
        """The application resolved, where `context` and `named` give values for keys, by key or by name.

        A value is a Python value or its text. Keys not given have their defaults; with `partial` they stay open, and
        choices by them stay in the graph. Nothing outside of memory is touched. Raises a FunctoriaError for what
        cannot be: UnknownKey, InvalidValue, MissingKey, DuplicateKey, EmptyBounds, PinConflict, DependencyCycle,
        Unsupported, DeviceError.
        """
        from functoria.graph.context import Context
        from functoria.plan.plan import make_plan

        return make_plan(self, Context.of(self.keys_by_name, context, named, partial=partial))

    def __repr__(self) -> str:
        return f"<App {self.title!r}>"


def register(
    name: str,
    jobs: Sequence[Impl[Job]],
    *,
    init: Sequence[Impl[Job]] = (),
    keys: Sequence[Key[Any]] = (),
    packages: Sequence[Package] = (),
    main: type[Main] = Main,
    output: str | None = None,
    homepage: str | None = None,
    bug_reports: str | None = None,
    libraries: Sequence[str] = (),
) -> App:
    """The application `name`, which initialises `init` in order and then runs `jobs`.

    `keys` and `packages` are those that no device brings, `libraries` dune libraries of your own, in directories beside the
    configuration; `main` is the root's class, for a system of one's own; `output`
    names the program where it is not `name`; `homepage` and `bug_reports` are URLs for its opam file. Raises InvalidName for
    a name that leaves no identifier, and for an output that is not a plain file name, TypeMismatch for a job that is none,
    InvalidValue for a list that is none, and for a URL that is not text.
    """
    location = here()
    if not (isinstance(main, type) and issubclass(main, Main)):
        raise InvalidValue(f"main is a class of root devices, not {main!r}: derive one from Main", objects=[main])
    if not isinstance(name, str):
        raise InvalidValue(f"the application's name is text, not {name!r}", locations=[location])
    for what, items in (("jobs", jobs), ("init", init)):
        check_jobs(what, items, location)
    extra = (list_of(keys, Key, "keys", name), list_of(packages, Package, "packages", name))
    more: dict[str, Any] = {"output": output, "homepage": homepage, "bug_reports": bug_reports}
    root = main(name, tuple(init), tuple(jobs), *extra, libraries=library_names(libraries, name), **more)
    return App(root, location)


def check_jobs(what: str, items: Sequence[Impl[Job]], location: Location | None) -> None:
    """Raise TypeMismatch where `items`, the argument `what` of `register`, are not a list of jobs."""
    if isinstance(items, Impl) or not isinstance(items, Sequence):
        raise TypeMismatch(
            f"{what} is a list of jobs: put {items!r} in brackets", objects=[items], locations=[location]
        )
    for item in items:
        if not isinstance(item, Impl):
            raise TypeMismatch(f"{what} holds {item!r}, which is not a job", objects=[item], locations=[location])
        if not matches(item, job):
            missing = len(item.signature.parameters)
            hint = f": {missing} argument{'s' * (missing > 1)} missing" if item.signature.result == job else ""
            raise TypeMismatch(
                f"{what} holds {describe(item)}, but must hold jobs{hint}",
                objects=[item],
                locations=[item.location, location],
            )
