"""Applications: a root device under a name, from which plans are made."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attr import field, frozen

from functoria.building import Preprocess, building
from functoria.device import library_names, list_of
from functoria.errors import InvalidValue, TypeMismatch
from functoria.impl import Impl, describe, matches
from functoria.key import Key
from functoria.location import Location, here
from functoria.main import Main
from functoria.package import Package
from functoria.printable import worded
from functoria.record import Record
from functoria.transport import declared
from functoria.types import job

if TYPE_CHECKING:
    from functoria.graph.survey import Survey
    from functoria.plan.plan import Plan
    from functoria.sexp import Sexp
    from functoria.types import Job


@frozen(eq=False, repr=False, slots=False)
class App(Record):
    """An application, before any choice is made. Made by `register`. Applications are equal if their root devices are."""

    root: Main
    location: Location | None = field(default=None, eq=False)
    name: str = field(init=False, eq=False)
    """Its name as files, packages and programs spell it."""

    __getstate__ = declared

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.root, Main):
            raise InvalidValue(
                f"an application needs a root device, not {worded(self.root)}: make it with register(name, jobs)",
                objects=[self.root],
            )
        object.__setattr__(self, "name", self.root.program_name)
        if self.location is not None and not os.path.isabs(
            self.location.file
        ):  # a later chdir would give it another meaning
            from functoria.plan.binding import absolute

            object.__setattr__(self, "_registered_in", absolute(self.location.file))

    @property
    def file(self) -> Path | None:
        """The file of a module that binds it to a name, as a configuration does. None at a prompt or in a notebook."""
        from functoria.plan.binding import bound_in

        file = None if self.location is None else self.location.file
        return bound_in(self, vars(self).get("_registered_in", file))

    @property
    def title(self) -> str:
        """The name under which it was registered."""
        return self.root.title

    @cached_property
    def survey(self) -> Survey:
        """The keys and terms in all branches of all choices."""
        from functoria.graph.survey import Survey

        return Survey(self.root)

    @property
    def keys_by_name(self) -> dict[str, tuple[Key[Any], ...]]:
        """The keys of all branches by name, sorted by name.

        Several keys may share a name, such as one with a different default for each target, as long as no plan has two of
        them.
        """
        return self.survey.keys

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """The keys of all branches, sorted by name."""
        return tuple(key for keys in self.keys_by_name.values() for key in keys)

    def plan(self, context: Mapping[Any, Any] | None = None, *, partial: bool = False, **named: Any) -> Plan:
        """Resolve the application, with values for keys from `context` and `named`, by key or by name.

        A value is a Python value or its text. Other keys have their defaults. With `partial` they stay open instead, and
        choices that depend on them remain in the graph. Planning writes nothing. Raises UnknownKey, InvalidValue,
        MissingKey, DuplicateKey, EmptyBounds, PinConflict, ScopeConflict, DependencyCycle, Unsupported and DeviceError.
        """
        from functoria.graph.context import Context
        from functoria.plan.plan import make_plan

        return make_plan(self, Context.of(self.keys_by_name, context, named, partial=partial))

    def _repr_svg_(self) -> str | None:
        """Return the picture that a notebook shows: all devices that there may be, with the choices between them."""
        from functoria.picture.forms import svg_of_app

        return svg_of_app(self)

    def _words(self) -> str:
        return f"the application {self.title}"

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
    modules: Sequence[str] | None = None,
    preprocess: Preprocess | Sequence[str] = (),
    stanzas: Sequence[Sexp] = (),
) -> App:
    """The application `name`, which initialises `init` in order and then runs `jobs`.

    `keys` and `packages` are added to those of the devices. `libraries` are local dune libraries, in directories beside the
    configuration. `modules` are the only ones beside the configuration that belong to it, with those that jobs are made of.
    `preprocess` are ppx libraries, or a `staged_pps`, for all of its modules. `stanzas` are added to the dune file, each as
    nested tuples of text or as it is written there. `main` is the class of the root device, for a system of your own. `output` is
    the name of the program, by default `name`. `homepage` and `bug_reports` are URLs for its opam file.

    Raises InvalidName for a name without any character of an identifier, and for an output that is not a plain file name;
    TypeMismatch for a job of another type; InvalidValue for lists and URLs that are not what they must be.
    """
    location = here()
    if not (isinstance(main, type) and issubclass(main, Main)):
        raise InvalidValue(
            f"main must be a class of root devices, not {worded(main)}: derive one from Main", objects=[main]
        )
    if not isinstance(name, str):
        raise InvalidValue(f"the application's name must be text, not {worded(name)}", locations=[location])
    for what, items in (("jobs", jobs), ("init", init)):
        check_jobs(what, items, location)
    extra = (list_of(keys, Key, "keys", name), list_of(packages, Package, "packages", name))
    more: dict[str, Any] = {"output": output, "homepage": homepage, "bug_reports": bug_reports}
    more |= {"libraries": library_names(libraries, name), "building": building(name, modules, preprocess, stanzas)}
    root = main(name, tuple(init), tuple(jobs), *extra, **more)
    return App(root, location)


def check_jobs(what: str, items: Sequence[Impl[Job]], location: Location | None) -> None:
    """Raise TypeMismatch unless `items`, the argument `what` of `register`, is a list of jobs."""
    if isinstance(items, Impl) or not isinstance(items, Sequence):
        from functoria.source_name import name_of

        raise TypeMismatch(
            f"{what} must be a list of jobs",
            remedy=f"put {name_of(items) or 'it'} in brackets",
            objects=[items],
            locations=[location],
        )
    for item in items:
        if not isinstance(item, Impl):
            raise TypeMismatch(
                f"{what} holds {worded(item)}, which is not a job: write jobs, such as foreign('Unikernel', job)",
                objects=[item],
                locations=[location],
            )
        if not matches(item, job):
            missing = len(item.signature.parameters)
            hint = f": {missing} argument{'s' * (missing > 1)} missing" if item.signature.result == job else ""
            raise TypeMismatch(
                f"{what} holds {describe(item)}, but must hold jobs{hint}",
                objects=[item],
                locations=[item.location, location],
            )
