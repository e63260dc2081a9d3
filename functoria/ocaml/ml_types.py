"""Types for inference as in OCaml: variables with levels, constructors, functions, and an unknown type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

GENERIC = 1 << 30
"""The level of generalised variables."""
_STEPS = 400_000


class GaveUp(Exception):  # internal, not an error
    """Inference stopped because the types became too large."""


class Unknown:
    """The unknown type, which unifies with every type."""

    __slots__ = ()


UNKNOWN_TYPE = Unknown()
"""The type of which nothing is known."""


class Var:
    """A type variable. `link` is its type once known; `level` is the number of definitions around the one that it belongs to."""

    __slots__ = ("level", "link")

    def __init__(self, level: int) -> None:
        self.level = level
        self.link: Ty | None = None


class Con:
    """A type constructor, such as `list`, with arguments. `head` is its name or its declaration; `*` for tuples."""

    __slots__ = ("arguments", "head")

    def __init__(self, head: object, arguments: Sequence[Ty] = ()) -> None:
        self.head = head
        self.arguments = arguments


class Arrow:
    """A function of one argument. The type of an optional one is stored without `option`."""

    __slots__ = ("gives", "label", "optional", "takes")

    def __init__(self, takes: Ty, gives: Ty, label: str = "", optional: bool = False) -> None:
        self.takes = takes
        self.gives = gives
        self.label = label
        self.optional = optional


Ty: TypeAlias = Unknown | Var | Con | Arrow

INT, STRING, FLOAT, BOOL, CHAR, UNIT, EXN, VARIANT, IMPL, TYP = (
    Con(name) for name in ("int", "string", "float", "bool", "char", "unit", "exn", "variant", "impl", "typ")
)
_INVARIANT = {"ref", "array", "format", "impl", "typ", "key", "value"}


def found(type: Ty) -> Ty:
    """Return a type with the links of variables followed."""
    while isinstance(type, Var) and type.link is not None:
        if isinstance(type.link, Var) and type.link.link is not None:
            type.link = type.link.link
        type = type.link
    return type


class Inference:
    """Unifies types. `level` is the number of definitions around the current place."""

    def __init__(self) -> None:
        self.level = 0
        self.left = _STEPS
        """The number of steps that may still be taken."""

    def new(self) -> Var:
        """Return a new variable."""
        return Var(self.level)

    def spend(self) -> None:
        """Count a step. Raises GaveUp after too many."""
        self.left -= 1
        if self.left < 0:
            raise GaveUp

    def unify(self, one: Ty, two: Ty) -> bool:
        """Unify two types; return False if that is impossible."""
        pending = [(one, two)]
        while pending:
            one, two = map(found, pending.pop())
            self.spend()
            if one is two:
                continue
            if isinstance(two, Var):
                one, two = two, one
            if isinstance(one, Var):
                if not self._bind(one, two):
                    return False
            elif isinstance(one, Unknown) or isinstance(two, Unknown):
                self._forget(two if isinstance(one, Unknown) else one)
            elif isinstance(one, Arrow) and isinstance(two, Arrow):
                if (one.label, one.optional) != (two.label, two.optional):
                    if one.optional and one.label != two.label:  # may be omitted if a function without it is expected
                        pending.append((one.gives, two))
                        continue
                    if two.optional and one.label != two.label:
                        pending.append((one, two.gives))
                        continue
                    return False
                pending += [(one.gives, two.gives), (one.takes, two.takes)]
            elif isinstance(one, Con) and isinstance(two, Con):
                if one.head != two.head or len(one.arguments) != len(two.arguments):
                    return False
                pending += reversed(list(zip(one.arguments, two.arguments, strict=True)))
            else:
                return False
        return True

    def _bind(self, variable: Var, type: Ty) -> bool:
        """Link a variable to `type`; return False if `type` contains it."""
        if isinstance(type, Var):
            type.level = min(type.level, variable.level)
        else:
            for inner in self.variables(type):
                if inner is variable:
                    return False
                inner.level = min(inner.level, variable.level)
        variable.link = type
        return True

    def _forget(self, type: Ty) -> None:
        """Make the variables of a type unknown, because it is unified with the unknown type."""
        for variable in self.variables(type):
            if variable.level != GENERIC:
                variable.link = UNKNOWN_TYPE

    def variables(self, type: Ty) -> list[Var]:
        """Return the variables in a type."""
        pending, there = [type], []
        while pending:
            type = found(pending.pop())
            self.spend()
            if isinstance(type, Var):
                there.append(type)
            elif isinstance(type, Con):
                pending += type.arguments
            elif isinstance(type, Arrow):
                pending += (type.takes, type.gives)
        return there

    def generalise(self, type: Ty, *, valued: bool) -> None:
        """Generalise a definition's own variables; for an expression that is not `valued`, only the covariant ones."""
        kept: set[int] = set()
        own: list[Var] = []
        pending = [(type, True)]
        while pending:
            type, out = pending.pop()
            type = found(type)
            self.spend()
            if isinstance(type, Var):
                if type.level > self.level:
                    own.append(type)
                    if not (valued or out):
                        kept.add(id(type))
            elif isinstance(type, Con):
                pending += [(each, out and type.head not in _INVARIANT) for each in type.arguments]
            elif isinstance(type, Arrow):
                pending += [(type.takes, False), (type.gives, out)]
        for variable in own:
            variable.level = self.level if id(variable) in kept else GENERIC

    def instance(self, type: Ty, made: dict[int, Var] | None = None) -> Ty:
        """Instantiate a type with new variables for generalised ones. Calls that share `made` use the same variables."""
        made = {} if made is None else made
        type = found(type)
        self.spend()
        if isinstance(type, Var):
            if type.level != GENERIC:
                return type
            return made.setdefault(id(type), self.new())
        if isinstance(type, Con):
            if not type.arguments:
                return type
            arguments = [self.instance(each, made) for each in type.arguments]
            return (
                type
                if all(a is b for a, b in zip(arguments, type.arguments, strict=True))
                else Con(type.head, arguments)
            )
        if isinstance(type, Arrow):
            takes, gives = self.instance(type.takes, made), self.instance(type.gives, made)
            if takes is type.takes and gives is type.gives:
                return type
            return Arrow(takes, gives, type.label, type.optional)
        return type


def arrows(takes: Sequence[Ty], gives: Ty) -> Ty:
    """Return the type of a function of positional arguments."""
    for each in reversed(takes):
        gives = Arrow(each, gives)
    return gives


def list_type(item: Ty) -> Con:
    """Return the type of lists of `item`."""
    return Con("list", (item,))


def option_type(item: Ty) -> Con:
    """Return the type of options of `item`."""
    return Con("option", (item,))


_SAID = {"variant": "polymorphic variant", "format": "format", "typ": "type of devices", "lazy_t": "lazy_t"}


def shown(type: Ty, depth: int = 6) -> str:
    """Return OCaml's notation for a type, with `_` for unknown types and below `depth`."""
    type = found(type)
    if depth < 0 or isinstance(type, (Var, Unknown)):
        return "_"
    if isinstance(type, Arrow):
        taken = shown(type.takes, depth - 1)
        if isinstance(found(type.takes), Arrow):
            taken = f"({taken})"
        label = f"{'?' if type.optional else ''}{type.label}:" if type.label else ""
        return f"{label}{taken} -> {shown(type.gives, depth - 1)}"
    name = type.head if isinstance(type.head, str) else str(getattr(type.head, "name", type.head))
    name = _SAID.get(name, name)
    inner = [
        f"({said})" if isinstance(held, Arrow) or (isinstance(held, Con) and held.head == "*") else said
        for held, said in ((found(each), shown(each, depth - 1)) for each in type.arguments)
    ]
    if type.head == "*":
        return " * ".join(inner)
    if not inner or type.head == "format":
        return name
    return f"{inner[0]} {name}" if len(inner) == 1 else f"({', '.join(inner)}) {name}"
