"""Read a config.ml with tree-sitter's grammar of OCaml. Unsupported constructs are refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from functoria.errors import ConfigError
from functoria.ocaml import syntax
from functoria.ocaml.nodes import IGNORED
from functoria.ocaml.read_expressions import Expressions

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_LONGEST = 4_000_000  # bytes
_BARE = re.compile(rb"""(?<!\\)\\(?![\\"'ntbr \r\n0-9xou])""")
"""A backslash that begins no escape, which OCaml warns of and the grammar does not have."""


def read(source: bytes, file: str) -> Iterator[syntax.Item]:
    """Read the items of the OCaml program `source` lazily; `file` is its name in locations.

    Raises ConfigError before the first item if it is not OCaml, and at an item that is not supported.
    """
    if len(source) > _LONGEST:
        raise ConfigError(f"{file} is longer than {_LONGEST} bytes", objects=[file])
    tree = _parser().parse(source)
    reader = _Reader(file, source)
    if tree.root_node.has_error:
        bare = _BARE.sub(b"\x01", source)  # literals know that this was a backslash
        again = _parser().parse(bare)
        if again.root_node.has_error:
            raise reader.mistake(tree.root_node)
        tree, reader = again, _Reader(file, bare)
    cursor = tree.walk()
    there = cursor.goto_first_child()
    while there:
        node = cursor.node
        if node is not None and node.is_named:
            yield from reader.items((node,))
        there = cursor.goto_next_sibling()


@cache
def _parser() -> Parser:
    try:
        import tree_sitter
        import tree_sitter_ocaml
    except ImportError as error:
        raise ConfigError(
            "reading a config.ml needs tree-sitter's grammar of OCaml: pip install 'functoria[ocaml]'"
        ) from error
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_ocaml.language_ocaml()))


class _Reader(Expressions):
    """Reads a whole program."""

    def items(self, nodes: Iterable[Node]) -> tuple[syntax.Item, ...]:
        found: list[syntax.Item] = []
        for node in nodes:
            if node.type in IGNORED or node.type == "shebang":
                continue
            read = self.definitions.get(node.type)
            if read is None:
                raise self.unread(node)
            found.append(read(node))
        return tuple(found)

    def _i_value_definition(self, node: Node) -> syntax.Let:
        if any(child.type == "let_operator" for child in node.children):
            raise self.unread(node, "a let operator")
        recursive = any(child.type == "rec" for child in node.children)
        bindings = tuple(self.binding(child) for child in node.named_children if child.type == "let_binding")
        return syntax.Let(self.at(node), bindings, recursive)

    def binding(self, node: Node) -> tuple[syntax.Pattern, syntax.Expression]:
        pattern = self.pattern(self.field(node, "pattern"))
        body = node.child_by_field_name("body")
        if body is None:  # a punned binding, which only let operators allow
            raise self.unread(node)
        said = node.child_by_field_name("type")
        read = self.function(node, body)
        if said is not None and not any(child.type == "parameter" for child in node.named_children):
            read = syntax.Typed(read.at, read, self.type(said))
        return pattern, read

    def _i_expression_item(self, node: Node) -> syntax.Evaluate:
        return syntax.Evaluate(self.at(node), self.expression(self.only(node)))

    def _i_open_module(self, node: Node) -> syntax.Open:
        return syntax.Open(self.at(node), self.module_path(self.field(node, "module")))

    def _i_include_module(self, node: Node) -> syntax.Open:
        return syntax.Open(self.at(node), self.module_path(self.field(node, "module")), included=True)

    def _i_module_definition(self, node: Node) -> syntax.Module:
        if any(child.type == "rec" for child in node.children):
            raise self.unread(node, "a recursive module")
        bindings = [child for child in node.named_children if child.type == "module_binding"]
        if len(bindings) != 1:
            raise self.unread(node, "a recursive module")
        (binding,) = bindings
        if any(child.type == "module_parameter" for child in binding.named_children):
            raise self.unread(node, "a functor")
        name = next((child for child in binding.named_children if child.type == "module_name"), None)
        body = binding.child_by_field_name("body")
        if name is None or body is None:
            raise self.unread(node)
        said = binding.child_by_field_name("module_type")
        if said is not None and (said.type != "signature" or said.named_children):
            raise self.unread(said, "a module's signature")
        if body.type == "structure":
            items = self.items(body.named_children)
            return syntax.Module(self.at(node), self.text(name), items, alias=False, hidden=said is not None)
        return syntax.Module(self.at(node), self.text(name), self.module_path(body), alias=True)

    def _i_type_definition(self, node: Node) -> syntax.Types:
        return syntax.Types(
            self.at(node), tuple(self.declared(child) for child in node.named_children if child.type == "type_binding")
        )

    def declared(self, node: Node) -> syntax.Declared:
        """Read the declaration of a type."""
        if any(child.type == "+=" for child in node.children):
            raise self.unread(node, "an extensible type")
        name, body = self.text(self.field(node, "name")), node.child_by_field_name("body")
        parameters = tuple(self.text(child) for child in node.named_children if child.type == "type_variable")
        if body is None:
            return syntax.Declared(name, parameters)
        if body.type == "variant_declaration":
            cases = tuple(
                self.constructor(case) for case in body.named_children if case.type == "constructor_declaration"
            )
            return syntax.Declared(name, parameters, cases)
        if body.type == "record_declaration":
            declared = [child for child in body.named_children if child.type == "field_declaration"]
            if any(child.children[0].type == "mutable" for child in declared):
                raise self.unread(body, "a mutable field")
            fields = tuple(
                (self.text(child.named_children[0]), self.type(self.field(child, "type"))) for child in declared
            )
            return syntax.Declared(name, parameters, fields=fields)
        if body.type == "..":
            raise self.unread(body, "an extensible type")
        private = any(child.type == "private" for child in node.children)
        return syntax.Declared(name, parameters, same=self.type(body), opaque=private)

    def constructor(self, node: Node) -> syntax.Constructor:
        """Read a constructor's declaration."""
        name = next((child for child in node.named_children if child.type == "constructor_name"), None)
        if name is None:
            raise self.unread(node)
        if any(child.type == "record_declaration" for child in node.named_children):
            raise self.unread(node, "a constructor with an inline record")
        if any(child.type == ":" for child in node.children):  # a generalised type, whose types are not checked
            return syntax.Constructor(self.text(name), None)
        takes = [child for child in self.inside(node) if child.id != name.id]
        return syntax.Constructor(self.text(name), tuple(map(self.type, takes)))

    def _i_exception_definition(self, node: Node) -> syntax.Exn:
        declared = next((child for child in node.named_children if child.type == "constructor_declaration"), None)
        if declared is None or any(child.type == "constructor_path" for child in declared.named_children):
            raise self.unread(node, "an alias of an exception")
        return syntax.Exn(self.at(node), self.constructor(declared))


def comments(source: bytes, file: str) -> dict[int, list[str]]:
    """Return the comments above items at the top, by the item's line, without the comment that names a release."""
    root = _parser().parse(source).root_node
    found: dict[int, list[str]] = {}
    pending: list[str] = []
    for node in root.named_children:
        if node.type == "comment":
            text = source[node.start_byte : node.end_byte].decode("utf-8", "replace")
            inner = text.removeprefix("(*").removesuffix("*)").strip("* \n\t")
            if not (node.start_byte == 0 and re.match(r"\w+\s*(>=|<)", inner)):
                pending += [line.strip() for line in inner.splitlines()]
        else:
            if pending:
                found[node.start_point[0] + 1] = pending
            pending = []
    return found


def first_line(source: bytes) -> str:
    """Return the first line of a program, where a comment may name its release."""
    return re.split(rb"\r?\n", source, maxsplit=1)[0].decode("utf-8", "replace")
