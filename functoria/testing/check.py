"""All invariants of a plan at once."""

from __future__ import annotations

from collections.abc import Callable

from attr import frozen

from functoria.plan.plan import Plan
from functoria.testing import ocaml
from functoria.testing.comparison import faithful
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
from functoria.testing.structure import acyclic, bounded, resolved
from functoria.testing.untraced import untraced

INVARIANTS: tuple[Callable[[Plan], None], ...] = (
    resolved,
    acyclic,
    named,
    bounded,
    declared,
    ocaml_parses,
    opam_parses,
    dune_parses,
    make_parses,
    deterministic,
    faithful,
    stable,
)
"""The invariants that `check` checks, in this order. Each can be called by itself."""


@frozen
class Checked:
    """The invariants that `check` found to hold, and how strictly OCaml was parsed."""

    invariants: tuple[str, ...]
    """The names of the invariants."""
    ocaml: str
    """The parser of the OCaml code: `tree-sitter-ocaml`, or `words and brackets` if that is not installed."""


def prepare() -> None:
    """Import what `check` needs. Otherwise the first example would include these imports in the time that Hypothesis measures."""
    import networkx  # noqa: F401 - to have it imported

    ocaml.grammar()


def check(plan: Plan) -> Checked:
    """Check that `plan`, which must be complete, satisfies the library's invariants and those of its root device.

    Raises Violation, an AssertionError that names the invariant and what breaks it. Errors of emission, such as
    DeviceError, pass through. Writes nothing and runs no other programs.
    """
    invariants = (*INVARIANTS, *plan.root.device.checks)
    with untraced():
        for invariant in invariants:
            invariant(plan)
    return Checked(tuple(invariant.__name__ for invariant in invariants), ocaml.grammar() or "words and brackets")
