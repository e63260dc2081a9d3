"""Names of MirageOS 3.3's interfaces that are not supported in a config.ml, by module; using one is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from functoria.ocaml.builtin import words
from functoria.ocaml.unread import Unread

VALUES: Mapping[str, tuple[str, ...]] = {
    "Key": words(
        """
        compare of_deps deps pp_deps is_runtime is_configure filter_stage alias aliases dump_context empty_context
        merge_context add_to_context context mem peek pps ocaml_name serialize module_name pp_target
        """
    ),
    "Info": words("with_output build_dir keys create pp opam"),
    "Mirage": words("hash equal explode"),
    "Functoria": words("hash equal explode"),
    "Functoria_app": words("sys_argv keys app_info"),
}
"""The values of each module."""
MODULES: Mapping[str, tuple[str, ...]] = {
    "Key": words("Alias Set"),
    "Mirage": words("ImplTbl"),
    "Functoria": words("ImplTbl"),
    "Functoria_app": words("Codegen"),
}
"""The modules inside each, of which no value is supported."""

UNREAD = Unread("MirageOS 3.3", VALUES, MODULES)
add = UNREAD.add
