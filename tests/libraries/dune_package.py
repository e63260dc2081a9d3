"""The file in which dune describes an installed package beyond findlib: virtual libraries, implementations."""

from __future__ import annotations

from collections.abc import Iterable

from tests.libraries import findlib
from tests.libraries.facts import Record


def text(package: str, record: Record, libraries: Iterable[str], predicates: frozenset[str]) -> str:
    """Return the text of the file for those of `libraries` that are in `package`, as dune 2.9 writes it."""
    found = "".join(_library(name, record, predicates) for name in libraries if name.partition(".")[0] == package)
    return f"(lang dune 2.9)\n(name {package})\n{found}"


def _library(name: str, record: Record, predicates: frozenset[str]) -> str:
    library, said = record.libraries[name], record.virtual.get(name, {})
    inside = library.directory.partition("/")[2]
    files = [f"{inside}/{file}".lstrip("/") for file in findlib.value(library, "archive", predicates)]
    provided = [
        unit for path in files for unit in record.archives[f"{library.directory.partition('/')[0]}/{path}"].provides
    ]
    module = said.get("main_module_name") or min(provided, default=name.capitalize(), key=len)
    virtual = "default_implementation" in said
    kind = "(kind virtual) (intf)" if virtual else "(kind impl_vmodule) (impl)" if "implements" in said else "(impl)"
    fields = [
        f"(name {name})",
        "(kind normal)",
        *(["(virtual)", f"(default_implementation {said['default_implementation']})"] if virtual else []),
        *([f"(archives (native {' '.join(files)}))"] if files else []),
        *([f"(native_archives {' '.join(file.replace('.cmxa', '.a') for file in files)})"] if files else []),
        f"(requires {' '.join(findlib.value(library, 'requires', predicates))})",
        *([f"(implements {said['implements']})"] if "implements" in said else []),
        f"(main_module_name {module})",
        "(modes native)",
        f"(modules (singleton (name {module}) (obj_name {module[:1].lower()}{module[1:]}) (visibility public) {kind}))",
    ]
    return "(library\n " + "\n ".join(fields) + ")\n"
