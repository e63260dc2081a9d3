"""Names of MirageOS 4.11's interfaces that are not supported in a config.ml, by module; using one is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from functoria.ocaml.builtin import words
from functoria.ocaml.unread import Unread

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
"""The modules inside each, of which no value is supported."""

UNREAD = Unread("MirageOS 4.11", VALUES, MODULES)
add = UNREAD.add
