"""All invariants of a plan at once."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

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
"""What `check` looks at, in this order: each can be called by itself."""


@frozen
class Checked:
    """What `check` found to hold, and how closely it could look."""

    invariants: tuple[str, ...]
    """The names of the invariants."""
    ocaml: str
    """What read the OCaml code: `tree-sitter-ocaml`, or `words and brackets` where that is not installed."""


def prepare() -> None:
    """Import what `check` imports when it is first needed: Hypothesis times examples, and the first would pay for that."""
    import networkx  # noqa: F401 - to have it imported

    ocaml.grammar()


def check(plan: Plan) -> Checked:
    """Check that `plan`, which must be a full one, keeps the invariants of the library and those of its root device.

    Raises Violation, an AssertionError whose message names what breaks which; a FunctoriaError of emission, such as
    DeviceError, passes through. Nothing is written and nothing but Python is run.
    """
    invariants = (*INVARIANTS, *plan.root.device.checks)
    for invariant in invariants:
        invariant(plan)
    return Checked(tuple(invariant.__name__ for invariant in invariants), ocaml.grammar() or "words and brackets")
