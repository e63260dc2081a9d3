"""What a config.ml is read into: expressions, patterns and items, each with its place."""

from __future__ import annotations

from typing import TypeAlias

from attr import frozen

from functoria.location import Location

Path: TypeAlias = tuple[str, ...]
"""A name with the modules before it: `("Key", "Arg", "opt")`."""


@frozen
class Node:
    """Anything with a place in the file."""

    at: Location


@frozen
class Name(Node):
    """A value by its name, or an operator in parentheses."""

    path: Path


@frozen
class Constant(Node):
    """A number, a text, a character, a boolean or unit, as the value that it is."""

    value: object


@frozen
class Construct(Node):
    """A constructor, with what it is applied to; `::` is one too."""

    path: Path
    argument: Expression | None


@frozen
class Variant(Node):
    """A polymorphic variant, `` `Both ``."""

    tag: str
    argument: Expression | None


@frozen
class Tuple(Node):
    """Several expressions joined by commas."""

    items: tuple[Expression, ...]


@frozen
class ListOf(Node):
    """A list, or an array, in brackets."""

    items: tuple[Expression, ...]


@frozen
class RecordOf(Node):
    """A record, or one that is `of` with other fields."""

    fields: tuple[tuple[Path, Expression], ...]
    of: Expression | None = None


@frozen
class Field(Node):
    """A field of a record; with `value`, set to it."""

    record: Expression
    path: Path
    value: Expression | None = None


@frozen
class Argument:
    """What a function is applied to: `label` is empty for one without; `optional` for `?label:value`."""

    value: Expression
    label: str = ""
    optional: bool = False


@frozen
class Apply(Node):
    """A function and its arguments; an operator and its operands."""

    function: Expression
    arguments: tuple[Argument, ...]


@frozen
class Parameter:
    """A parameter of a function. An optional one may have a default."""

    pattern: Pattern
    label: str = ""
    optional: bool = False
    default: Expression | None = None


@frozen
class Case:
    """A case of `match`, `function` or `try`."""

    pattern: Pattern
    guard: Expression | None
    body: Expression


@frozen
class Fun(Node):
    """A function. Those directly inside of it are part of it; with `cases`, its last parameter is matched."""

    parameters: tuple[Parameter, ...]
    body: Expression | None
    cases: tuple[Case, ...] = ()


@frozen
class Match(Node):
    """A choice by patterns."""

    subject: Expression
    cases: tuple[Case, ...]


@frozen
class Try(Node):
    """An expression, and what is instead of it where it raises."""

    body: Expression
    cases: tuple[Case, ...]


@frozen
class If(Node):
    """A choice by a condition."""

    condition: Expression
    then: Expression
    otherwise: Expression | None


@frozen
class Logic(Node):
    """`&&` or `||`, whose right side is not always evaluated."""

    operator: str
    left: Expression
    right: Expression


@frozen
class Sequence(Node):
    """Expressions joined by semicolons."""

    items: tuple[Expression, ...]


@frozen
class Assert(Node):
    """An assertion."""

    condition: Expression


@frozen
class Lazy(Node):
    """An expression that is evaluated when it is forced."""

    body: Expression


@frozen
class In(Node):
    """Items, each of which the next ones see, and an expression that sees them all."""

    items: tuple[Item, ...]
    body: Expression


@frozen
class Send(Node):
    """A method of an object."""

    object: Expression
    method: str


@frozen
class Method:
    """A method, or a value of an object: `parameters` and body are one expression."""

    at: Location
    name: str
    body: Expression
    value: bool = False


@frozen
class Inherit:
    """A class that an object inherits, with its arguments."""

    at: Location
    path: Path
    arguments: tuple[Argument, ...]
    alias: str | None


@frozen
class Object(Node):
    """An object."""

    this: Pattern | None
    members: tuple[Method | Inherit, ...]


Expression: TypeAlias = (
    Name
    | Constant
    | Construct
    | Variant
    | Tuple
    | ListOf
    | RecordOf
    | Field
    | Apply
    | Fun
    | Match
    | Try
    | If
    | Logic
    | Sequence
    | Assert
    | Lazy
    | In
    | Send
    | Object
)


@frozen
class PAny(Node):
    """Anything: `_`."""


@frozen
class PName(Node):
    """Anything, under a name."""

    name: str


@frozen
class PAlias(Node):
    """A pattern, the whole under a name."""

    pattern: Pattern
    name: str


@frozen
class PConstant(Node):
    """A constant, or where `last` is given a range of characters."""

    value: object
    last: object = None


@frozen
class PConstruct(Node):
    """A constructor."""

    path: Path
    argument: Pattern | None


@frozen
class PVariant(Node):
    """A polymorphic variant."""

    tag: str
    argument: Pattern | None


@frozen
class PTuple(Node):
    """A tuple."""

    items: tuple[Pattern, ...]


@frozen
class PList(Node):
    """A list in brackets."""

    items: tuple[Pattern, ...]


@frozen
class PRecord(Node):
    """Some fields of a record."""

    fields: tuple[tuple[Path, Pattern], ...]


@frozen
class POr(Node):
    """One of several patterns."""

    choices: tuple[Pattern, ...]


Pattern: TypeAlias = PAny | PName | PAlias | PConstant | PConstruct | PVariant | PTuple | PList | PRecord | POr


@frozen
class Let(Node):
    """Definitions that do not see each other, unless they are recursive."""

    bindings: tuple[tuple[Pattern, Expression], ...]
    recursive: bool = False


@frozen
class Evaluate(Node):
    """An expression at the top."""

    body: Expression


@frozen
class Open(Node):
    """A module whose names are seen from here; included ones are also those of the module around."""

    path: Path
    included: bool = False


@frozen
class Module(Node):
    """A module: another's name, or items of its own."""

    name: str
    body: Path | tuple[Item, ...]
    alias: bool


@frozen
class Types(Node):
    """Types that are defined together: constructors with whether they take an argument, and records with their fields."""

    names: tuple[str, ...]
    constructors: tuple[tuple[str, bool], ...]
    records: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class Exn(Node):
    """An exception of the file's own."""

    name: str
    argument: bool


Item: TypeAlias = Let | Evaluate | Open | Module | Types | Exn
