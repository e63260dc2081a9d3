"""Names of MirageOS 4.11's interfaces that are not supported in a config.ml, by module; using one is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from functoria.location import Location
from functoria.ocaml.builtin import words
from functoria.ocaml.errors import refused
from functoria.ocaml.opaque import Pending
from functoria.ocaml.scope import Names

VALUES: Mapping[str, tuple[str, ...]] = {
    "Action": words("run default_exec env eq_domain pp_domain dry_run dry_run_trace generated_files"),
    "Device": words(
        """
        module_type module_name packages local_libs install extra_deps id pp equal witness hash files keys runtime_args
        connect start nice_name dune configure extend
        """
    ),
    "Dune": words("v pp to_string compact_list base base_project base_workspace"),
    "Impl": words(
        "app_has_no_arguments pp pp_abstract pp_dot local_libs with_left_most_device simplify eval collect main"
    ),
    "Info": words("config_file project_name main with_output opam keys runtime_args v pp t"),
    "Install": words("union pp pp_opam dune dump"),
    "Key": words("equal pp of_deps deps pp_deps add_to_context context mem peek find pps pp_target"),
    "Package": words("with_scope name key scope pin build_dependency libraries max_versions min_versions merge pp"),
    "Runtime_arg": words("packages pp call serialize var_name"),
    "Type": words("is_functor pp info"),
    "Functoria": words("sys_argv"),
}
"""The values of each module."""
MODULES: Mapping[str, tuple[str, ...]] = {
    "Action": words("List Syntax"),
    "Device": words("Graph"),
    "Impl": words("Tbl"),
    "Key": words("Set"),
    "Package": words("Set"),
    "Runtime_arg": words("Set"),
    "Mirage": words("Context Project"),
    "Functoria": words("Context Opam Lib Engine Cli"),
}
"""The modules inside each, none of whose values is read."""


def value(name: str) -> Pending:
    """Return a value that raises an error when it is used."""

    def refuse(at: Location) -> object:
        message = (
            f"{name} of MirageOS 4.11 is not read from a config.ml: write what needs it in a configuration in Python"
        )
        raise refused(at, message, objects=[name])

    return Pending(refuse)


def add(names: Names) -> Names:
    """Add a module's unsupported names to it, and return it."""
    title, library = names.title, names.library
    unread = frozenset(VALUES.get(title, ()))

    def found(name: str) -> object:
        known = None if library is None else library(name)
        return value(f"{title}.{name}") if known is None and name in unread else known

    names.library = found
    for inner in MODULES.get(title, ()):
        names.modules.setdefault(inner, _module(f"{title}.{inner}"))
    return names


def _module(title: str) -> Names:
    return Names(title, library=lambda name: value(f"{title}.{name}"), opaque=True)
