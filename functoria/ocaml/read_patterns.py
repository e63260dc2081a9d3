"""Read the patterns of a config.ml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functoria.ocaml import syntax
from functoria.ocaml.read_types import WrittenTypes

if TYPE_CHECKING:
    from tree_sitter import Node


class Patterns(WrittenTypes):
    """Reads patterns."""

    def pattern(self, node: Node) -> syntax.Pattern:
        """Read a pattern."""
        read = self.patterns.get(node.type)
        if read is None:
            raise self.unread(node)
        found: syntax.Pattern = read(node)
        return found

    def _p_value_name(self, node: Node) -> syntax.PName:
        return syntax.PName(self.at(node), self.text(node))

    _p_value_pattern = _p_value_name

    def _p_parenthesized_operator(self, node: Node) -> syntax.PName:
        return syntax.PName(self.at(node), self.operator_name(node))

    def _p_any_pattern(self, node: Node) -> syntax.PAny:
        return syntax.PAny(self.at(node))

    def _p_parenthesized_pattern(self, node: Node) -> syntax.Pattern:
        return self.pattern(self.only(node))

    def _p_typed_pattern(self, node: Node) -> syntax.PTyped:
        inner = self.pattern(self.field(node, "pattern"))
        return syntax.PTyped(inner.at, inner, self.type(self.field(node, "type")))

    def alternatives(self, node: Node) -> list[tuple[syntax.Pattern, bool]]:
        """Read the alternatives of a case, each with whether it is for an exception."""
        if node.type == "exception_pattern":
            return [(self.pattern(self.field(node, "pattern")), True)]
        if node.type == "parenthesized_pattern":
            return self.alternatives(self.only(node))
        if node.type == "or_pattern":
            found = [each for child in self.inside(node) for each in self.alternatives(child)]
            if any(raised for _, raised in found):
                return found
        return [(self.pattern(node), False)]

    def _p_alias_pattern(self, node: Node) -> syntax.PAlias:
        inner = self.pattern(self.field(node, "pattern"))
        return syntax.PAlias(self.at(node), inner, self.text(self.field(node, "alias")))

    def constant(self, node: Node) -> syntax.PConstant:
        """Read a constant."""
        read: Any = self.expression(node)
        return syntax.PConstant(self.at(node), read.value)

    _p_number = _p_signed_number = _p_string = _p_quoted_string = _p_character = _p_boolean = _p_unit = constant

    def _p_range_pattern(self, node: Node) -> syntax.PConstant:
        first = self.constant(self.field(node, "left"))
        return syntax.PConstant(self.at(node), first.value, self.constant(self.field(node, "right")).value)

    def _p_constructor_path(self, node: Node) -> syntax.PConstruct:
        return syntax.PConstruct(self.at(node), self.path(node), None)

    def _p_constructor_pattern(self, node: Node) -> syntax.PConstruct:
        path = self.first(node, "constructor_path")
        return syntax.PConstruct(self.at(node), self.path(path), self.pattern(self.field(node, "pattern")))

    def _p_tag(self, node: Node) -> syntax.PVariant:
        return syntax.PVariant(self.at(node), self.text(node)[1:].strip(), None)

    def _p_tag_pattern(self, node: Node) -> syntax.PVariant:
        tag = self.first(node, "tag")
        return syntax.PVariant(self.at(node), self.text(tag)[1:].strip(), self.pattern(self.field(node, "pattern")))

    def _p_tuple_pattern(self, node: Node) -> syntax.PTuple:
        return syntax.PTuple(self.at(node), tuple(map(self.pattern, self.inside(node))))

    def _p_list_pattern(self, node: Node) -> syntax.PList:
        return syntax.PList(self.at(node), tuple(map(self.pattern, self.inside(node))))

    _p_list_binding_pattern = _p_list_pattern

    def _p_empty_list(self, node: Node) -> syntax.PList:
        return syntax.PList(self.at(node), ())

    def _p_cons_pattern(self, node: Node) -> syntax.PConstruct:
        left, right = self.field(node, "left"), self.field(node, "right")
        pair = syntax.PTuple(self.at(node), (self.pattern(left), self.pattern(right)))
        return syntax.PConstruct(self.at(node), ("::",), pair)

    def _p_record_pattern(self, node: Node) -> syntax.PRecord:
        fields: list[tuple[syntax.Path, syntax.Pattern]] = []
        for child in node.named_children:
            if child.type != "field_pattern":
                continue
            path = self.path(self.first(child, "field_path"))
            inner = child.child_by_field_name("pattern")
            fields.append((path, syntax.PName(self.at(child), path[-1]) if inner is None else self.pattern(inner)))
        return syntax.PRecord(self.at(node), tuple(fields))

    def _p_or_pattern(self, node: Node) -> syntax.POr:
        return syntax.POr(self.at(node), tuple(map(self.pattern, self.inside(node))))

    def _p_local_open_pattern(self, node: Node) -> syntax.Pattern:
        raise self.unread(node, "a pattern with an opened module")
