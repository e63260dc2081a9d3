"""Read the types that a config.ml writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria.ocaml import syntax
from functoria.ocaml.nodes import Nodes

if TYPE_CHECKING:
    from tree_sitter import Node


class WrittenTypes(Nodes):
    """Reads types. Unsupported ones become a type of which nothing is known."""

    def type(self, node: Node) -> syntax.TypeExpression:
        """Read a type."""
        at = self.at(node)
        if node.type == "type_variable":
            return syntax.TypeVariable(at, self.text(node))
        if node.type == "parenthesized_type":
            inside = self.inside(node)
            return self.type(inside[0]) if len(inside) == 1 else syntax.TypeVariable(at, "_")
        if node.type == "type_constructor_path":
            return syntax.TypeName(at, self.type_path(node))
        if node.type == "constructed_type":
            *arguments, name = self.inside(node)
            return syntax.TypeName(at, self.type_path(name), tuple(map(self.type, arguments)))
        if node.type == "tuple_type":
            return syntax.TypeTuple(at, tuple(map(self.type, self.inside(node))))
        if node.type == "function_type":
            domain, label, optional = self.field(node, "domain"), "", False
            if domain.type == "labeled_argument_type":
                label, optional = self.text(self.first(domain, "label_name")), domain.children[0].type == "?"
                domain = self.field(domain, "type")
            return syntax.TypeArrow(at, self.type(domain), self.type(self.field(node, "codomain")), label, optional)
        return syntax.TypeName(at, ())

    def type_path(self, node: Node) -> syntax.Path:
        """Read the name of a type; empty if it is not supported."""
        modules: syntax.Path = ()
        for child in node.named_children:
            if child.type in ("module_path", "extended_module_path"):
                said = "".join(self.text(child).split())
                if "(" in said:  # in a functor applied to a module
                    return ()
                modules = tuple(said.split("."))
            elif child.type == "type_constructor":
                return (*modules, self.text(child))
        return ()
