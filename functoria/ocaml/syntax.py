"""The syntax tree of a config.ml: expressions, patterns and items, each with its place."""

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
class TypeName(Node):
    """A type by its name, with its arguments. The path is empty for `#` types and for unsupported ones."""

    path: Path
    arguments: tuple[TypeExpression, ...] = ()


@frozen
class TypeVariable(Node):
    """A type variable, `'a`; `_` for an anonymous one."""

    name: str


@frozen
class TypeTuple(Node):
    """The type of tuples."""

    items: tuple[TypeExpression, ...]


@frozen
class TypeArrow(Node):
    """The type of functions of one argument."""

    takes: TypeExpression
    gives: TypeExpression
    label: str = ""
    optional: bool = False


TypeExpression: TypeAlias = TypeName | TypeVariable | TypeTuple | TypeArrow


@frozen
class Name(Node):
    """A value by its name, or an operator in parentheses."""

    path: Path


@frozen
class Constant(Node):
    """The value of a number, string, character or boolean, or unit."""

    value: object


@frozen
class Construct(Node):
    """A constructor, `::` included, and its argument."""

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
    """A record, or a copy of the record `of` with some fields replaced."""

    fields: tuple[tuple[Path, Expression], ...]
    of: Expression | None = None


@frozen
class Field(Node):
    """A field of a record, read or, with `value`, set."""

    record: Expression
    path: Path
    value: Expression | None = None


@frozen
class Argument:
    """An argument of a call. `label` is empty if it has none; `optional` is true for `?label:value`."""

    value: Expression
    label: str = ""
    optional: bool = False


@frozen
class Typed(Node):
    """An expression with a type annotation."""

    body: Expression
    type: TypeExpression


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
    """A case of `match`, `function` or `try`; with `raised`, one of a `match` for what the expression raises."""

    pattern: Pattern
    guard: Expression | None
    body: Expression
    raised: bool = False


@frozen
class Fun(Node):
    """A function with all of its parameters. With `cases`, it matches the last one."""

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
    """An expression, and the cases for exceptions that it raises."""

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
    """Items, each visible to the next, and an expression that sees all of them."""

    items: tuple[Item, ...]
    body: Expression


@frozen
class Send(Node):
    """A call of a method of an object."""

    object: Expression
    method: str


@frozen
class Method:
    """A method or value of an object; its parameters and body are one expression."""

    at: Location
    name: str
    body: Expression
    value: bool = False
    private: bool = False
    overrides: bool = False
    """Whether it is written with `!`: there must be one of that name before."""


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
    | Typed
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
    """The pattern `_`, which matches anything."""


@frozen
class PName(Node):
    """A name, which matches any value."""

    name: str


@frozen
class PAlias(Node):
    """A pattern whose whole value is bound to a name."""

    pattern: Pattern
    name: str


@frozen
class PTyped(Node):
    """A pattern with a type annotation."""

    pattern: Pattern
    type: TypeExpression


@frozen
class PConstant(Node):
    """A constant or, if `last` is given, a range of characters."""

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


Pattern: TypeAlias = PAny | PName | PAlias | PTyped | PConstant | PConstruct | PVariant | PTuple | PList | PRecord | POr


@frozen
class Let(Node):
    """Definitions, which see each other only if they are recursive."""

    bindings: tuple[tuple[Pattern, Expression], ...]
    recursive: bool = False


@frozen
class Evaluate(Node):
    """An expression evaluated at the top level."""

    body: Expression


@frozen
class Open(Node):
    """`open` or `include`: a module's names are visible from here on, and included ones belong to the surrounding module."""

    path: Path
    included: bool = False


@frozen
class Module(Node):
    """A module: the path of another one, or items."""

    name: str
    body: Path | tuple[Item, ...]
    alias: bool
    hidden: bool = False
    """Whether its signature is empty, so that nothing outside of it sees what it defines."""


@frozen
class Constructor:
    """A declared constructor with the types of its arguments: None if they are not supported, empty if it takes none."""

    name: str
    takes: tuple[TypeExpression, ...] | None


@frozen
class Declared:
    """A declared type: by constructors, by fields, or as an alias; all empty if it is abstract."""

    name: str
    parameters: tuple[str, ...] = ()
    constructors: tuple[Constructor, ...] = ()
    fields: tuple[tuple[str, TypeExpression], ...] = ()
    same: TypeExpression | None = None
    opaque: bool = False
    """Whether its declaration has unsupported parts."""


@frozen
class Types(Node):
    """Types that are defined together."""

    types: tuple[Declared, ...]


@frozen
class Exn(Node):
    """An exception that the file defines."""

    made: Constructor


Item: TypeAlias = Let | Evaluate | Open | Module | Types | Exn
