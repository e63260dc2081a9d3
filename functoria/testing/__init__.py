"""Tools for testing configurations and devices: Hypothesis strategies, and invariants of every plan.

Requires Hypothesis, which `functoria[testing]` installs. `check(plan)` checks all invariants; each is also a function.
"""

from functoria.testing._needed import AVAILABLE as _AVAILABLE  # noqa: F401 - first, for its error message
from functoria.testing.applications import applications, plans
from functoria.testing.check import INVARIANTS, Checked, check
from functoria.testing.comparison import faithful
from functoria.testing.contexts import contexts, supported
from functoria.testing.devices import common_keys, common_packages, common_types, device_sets, devices, types
from functoria.testing.facts import Facts, facts
from functoria.testing.invariants import (
    declared,
    deterministic,
    dune_parses,
    make_parses,
    ocaml_parses,
    opam_parses,
    stable,
)
from functoria.testing.naming import named
from functoria.testing.promptness import quick
from functoria.testing.strategies import (
    bounds,
    conditions,
    converters,
    converters_of,
    keys,
    keys_of,
    module_paths,
    names,
    packages,
    values,
    values_like,
    values_of,
    versions,
)
from functoria.testing.structure import acyclic, bounded, resolved
from functoria.testing.terms import Constructor, Recipe, constructor, recipes, terms
from functoria.testing.violation import Violation

__all__ = [
    "INVARIANTS",
    "Checked",
    "Constructor",
    "Facts",
    "Recipe",
    "Violation",
    "acyclic",
    "applications",
    "bounded",
    "bounds",
    "check",
    "common_keys",
    "common_packages",
    "common_types",
    "conditions",
    "constructor",
    "contexts",
    "converters",
    "converters_of",
    "declared",
    "deterministic",
    "device_sets",
    "devices",
    "dune_parses",
    "facts",
    "faithful",
    "keys",
    "keys_of",
    "make_parses",
    "module_paths",
    "named",
    "names",
    "ocaml_parses",
    "opam_parses",
    "packages",
    "plans",
    "quick",
    "recipes",
    "resolved",
    "stable",
    "supported",
    "terms",
    "types",
    "values",
    "values_like",
    "values_of",
    "versions",
]
