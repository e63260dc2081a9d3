"""Access to the nodes of tree-sitter's tree: places, parts, and errors for what is not supported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from functoria.errors import ConfigError
from functoria.location import Location
from functoria.ocaml import syntax
from functoria.ocaml.brackets import unclosed
from functoria.ocaml.errors import refused

if TYPE_CHECKING:
    from tree_sitter import Node

T = TypeVar("T")
_UNREAD = {
    "array_get_expression": "an element of an array",
    "bigarray_get_expression": "an element of an array",
    "string_get_expression": "a character of a string",
    "while_expression": "a loop",
    "for_expression": "a loop",
    "new_expression": "an instance of a class",
    "class_definition": "a class",
    "class_type_definition": "a class",
    "external": "an external function",
    "module_type_definition": "a module type",
    "package_expression": "a module as a value",
    "package_pattern": "a module as a value",
    "extension": "an extension point",
    "quoted_extension": "an extension point",
    "item_extension": "an extension point",
    "quoted_item_extension": "an extension point",
    "toplevel_directive": "a toplevel directive",
    "object_copy_expression": "a copy of an object",
    "let_operator": "a let operator",
    "lazy_pattern": "a pattern of a lazy value",
    "exception_pattern": "a pattern of an exception in match",
    "polymorphic_variant_pattern": "a pattern of all variants of a type",
    "constructor_declaration": "a constructor that is not a name",
    "functor": "a functor",
    "module_application": "a functor applied to a module",
    "unreachable_case": "a refutation case",
    "refutation_case": "a refutation case",
}
IGNORED = {"comment", "attribute", "item_attribute", "floating_attribute", "abstract_type", "line_number_directive"}


def not_closed(source: bytes, file: str) -> ConfigError | None:
    """Return the error for a program with an unclosed bracket, string or comment; None if all are closed."""
    found = unclosed(source)
    if found is None:
        return None
    before = source[: found.start]
    line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1)
    at = Location.of_expression(file, line, line, column, column + found.length)
    return refused(at, f"this is not OCaml: {found.said}")


class Nodes:
    """Reads parts of a program. Each kind of node is read by the method named after it."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file = file
        self.source = source
        self.expressions: dict[str, Callable[[Node], Any]] = {
            name.removeprefix("_e_"): getattr(self, name) for name in dir(self) if name.startswith("_e_")
        }
        self.patterns: dict[str, Callable[[Node], Any]] = {
            name.removeprefix("_p_"): getattr(self, name) for name in dir(self) if name.startswith("_p_")
        }
        self.definitions: dict[str, Callable[[Node], Any]] = {
            name.removeprefix("_i_"): getattr(self, name) for name in dir(self) if name.startswith("_i_")
        }

    # Places and mistakes

    def at(self, node: Node) -> Location:
        """Return the place of a node."""
        return place(self.file, node)

    def mistake(self, root: Node) -> ConfigError:
        """Return the error for a program that has an unclosed bracket, or that the grammar cannot parse."""
        found = not_closed(self.source, self.file)
        if found is not None:
            return found
        node = root
        while True:
            if node.is_missing:
                return refused(self.at(node), f"OCaml expects {node.type} here: write it, or leave out what needs it")
            if node.is_error:
                break
            inner = next((child for child in node.children if child.has_error or child.is_missing), None)
            if inner is None:
                break
            node = inner
        said = self.text(node).split("\n")[0][:60].strip()
        more = f" near {said!r}" if said else ""
        if b"\0" in self.source:
            more = ", which has a zero byte"
        return refused(self.at(node), f"this is not OCaml{more}: look at what comes before and after it")

    def unread(self, node: Node, what: str | None = None) -> ConfigError:
        """Return the error for a construct that is not supported."""
        name = what or _UNREAD.get(node.type, node.type.replace("_", " "))
        return refused(
            self.at(node),
            f"{name} is not supported in a configuration: do without it, or write the configuration in Python",
        )

    def text(self, node: Node) -> str:
        """Return the text of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "backslashreplace")

    def field(self, node: Node, name: str) -> Node:
        """Return the part of a node that the grammar calls `name`. Raises ConfigError if it is missing."""
        found = node.child_by_field_name(name)
        if found is None:
            raise self.unread(node)
        return found

    def first(self, node: Node, type: str) -> Node:
        """Return the first part of a node that is of this type. Raises ConfigError if it is missing."""
        found = next((child for child in node.named_children if child.type == type), None)
        if found is None:
            raise self.unread(node)
        return found

    def inside(self, node: Node) -> list[Node]:
        """Return the parts of a node, without comments and attributes."""
        return [child for child in node.named_children if child.type not in IGNORED]

    def only(self, node: Node) -> Node:
        """Return the only part of a node. Raises ConfigError if there are several."""
        inside = self.inside(node)
        if len(inside) != 1:
            raise self.unread(node)
        return inside[0]

    def literal(self, node: Node, read: Callable[[T], object], text: T) -> object:
        """Read a literal with `read`, turning a ValueError into a ConfigError with its place."""
        try:
            return read(text)
        except (ValueError, OverflowError) as error:
            raise refused(self.at(node), f"{error}") from None

    def bytes_of(self, node: Node) -> bytes:
        """Return the bytes of a node."""
        return self.source[node.start_byte : node.end_byte]

    def module_path(self, node: Node) -> syntax.Path:
        """Read the path of a module."""
        parts: list[str] = []
        current: Node | None = node
        while current is not None:
            if current.type not in ("module_path", "module_name"):
                raise self.unread(current, "a module that is not a path")
            if current.type == "module_name":
                parts.append(self.text(current))
                break
            names = [child for child in current.named_children if child.type == "module_name"]
            rest = [child for child in current.named_children if child.type not in ("module_name", *IGNORED)]
            if len(names) != 1 or len(rest) > 1:
                raise self.unread(current, "a module that is not a path")
            parts.append(self.text(names[0]))
            current = rest[0] if rest else None
        return tuple(reversed(parts))

    def path(self, node: Node) -> syntax.Path:
        """Read the path of a value, a constructor or a field."""
        modules: syntax.Path = ()
        name = ""
        for child in node.named_children:
            if child.type in ("module_path", "extended_module_path"):
                modules = self.module_path(child)
            elif child.type == "parenthesized_operator":
                name = self.operator_name(child)
            elif child.type not in IGNORED:
                name = self.text(child)
        return (*modules, name or self.text(node))

    def operator_name(self, node: Node) -> str:
        """Return the name of an operator, without parentheses."""
        return self.text(node)[1:-1].strip()

    def expression(self, node: Node) -> syntax.Expression:
        """Read an expression."""
        raise NotImplementedError

    def items(self, nodes: Iterable[Node]) -> tuple[syntax.Item, ...]:
        """Read the items of a program or of a module."""
        raise NotImplementedError

    def binding(self, node: Node) -> tuple[syntax.Pattern, syntax.Expression]:
        """Read one binding of a definition."""
        raise NotImplementedError


def place(file: str, node: Node) -> Location:
    """Return the place of `node` in `file`."""
    (line, column), (end_line, end_column) = node.start_point, node.end_point
    return Location.of_expression(file, line + 1, end_line + 1, column, end_column)
