"""Read the expressions of a config.ml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functoria.ocaml import literals, syntax
from functoria.ocaml.errors import refused
from functoria.ocaml.nodes import IGNORED
from functoria.ocaml.read_patterns import Patterns

if TYPE_CHECKING:
    from tree_sitter import Node


class Expressions(Patterns):
    """Reads expressions."""

    def expression(self, node: Node) -> syntax.Expression:
        """Read an expression."""
        read = self.expressions.get(node.type)
        if read is None:
            raise self.unread(node)
        found: syntax.Expression = read(node)
        return found

    def _e_value_path(self, node: Node) -> syntax.Name:
        return syntax.Name(self.at(node), self.path(node))

    def _e_value_name(self, node: Node) -> syntax.Name:
        return syntax.Name(self.at(node), (self.text(node),))

    def _e_number(self, node: Node) -> syntax.Constant:
        return syntax.Constant(self.at(node), self.literal(node, literals.number, self.text(node)))

    _e_signed_number = _e_number

    def _e_character(self, node: Node) -> syntax.Constant:
        inner = self.bytes_of(node)[1:-1]
        return syntax.Constant(self.at(node), self.literal(node, literals.character, inner))

    def _e_string(self, node: Node) -> syntax.Constant:
        inner = self.bytes_of(node)[1:-1]
        return syntax.Constant(self.at(node), self.literal(node, literals.unescaped, inner))

    def _e_quoted_string(self, node: Node) -> syntax.Constant:
        raw = self.bytes_of(node)
        start, end = raw.index(b"|") + 1, raw.rindex(b"|")

        def decoded(text: bytes) -> str:
            return text.decode()

        return syntax.Constant(self.at(node), self.literal(node, decoded, raw[start:end]))

    def _e_boolean(self, node: Node) -> syntax.Constant:
        return syntax.Constant(self.at(node), self.text(node) == "true")

    def _e_unit(self, node: Node) -> syntax.Constant:
        return syntax.Constant(self.at(node), ())

    def _e_constructor_path(self, node: Node) -> syntax.Construct:
        return syntax.Construct(self.at(node), self.path(node), None)

    def _e_tag(self, node: Node) -> syntax.Variant:
        return syntax.Variant(self.at(node), self.text(node)[1:].strip(), None)

    def _e_typed_expression(self, node: Node) -> syntax.Expression:
        inner, said = self.expression(self.field(node, "expression")), node.child_by_field_name("type")
        if said is None or node.child_by_field_name("coercion") is not None:
            said = None
        return inner if said is None else syntax.Typed(inner.at, inner, self.type(said))

    def _e_parenthesized_expression(self, node: Node) -> syntax.Expression:
        return self.expression(self.field(node, "expression"))

    def _e_list_expression(self, node: Node) -> syntax.ListOf:
        return syntax.ListOf(self.at(node), tuple(map(self.expression, self.inside(node))))

    def _e_array_expression(self, node: Node) -> syntax.Expression:
        raise self.unread(node, "an array")

    def _e_empty_list(self, node: Node) -> syntax.ListOf:
        return syntax.ListOf(self.at(node), ())

    def _e_tuple_expression(self, node: Node) -> syntax.Tuple:
        items: list[syntax.Expression] = []
        for child in self.inside(node):
            if child.type == "labeled_argument":
                raise self.unread(child, "a labelled tuple")
            items.append(self.expression(child))
        return syntax.Tuple(self.at(node), tuple(items))

    def _e_cons_expression(self, node: Node) -> syntax.Construct:
        return self.cons(node, self.field(node, "left"), self.field(node, "right"))

    def cons(self, node: Node, left: Node, right: Node) -> syntax.Construct:
        """Read `left :: right`."""
        pair = syntax.Tuple(self.at(node), (self.expression(left), self.expression(right)))
        return syntax.Construct(self.at(node), ("::",), pair)

    def _e_record_expression(self, node: Node) -> syntax.RecordOf:
        record = node.child_by_field_name("record")
        fields: list[tuple[syntax.Path, syntax.Expression]] = []
        for child in node.named_children:
            if child.type != "field_expression":
                continue
            path = self.path(self.first(child, "field_path"))
            body = child.child_by_field_name("body")
            value = syntax.Name(self.at(child), (path[-1],)) if body is None else self.expression(body)
            fields.append((path, value))
        return syntax.RecordOf(self.at(node), tuple(fields), None if record is None else self.expression(record))

    def _e_field_get_expression(self, node: Node) -> syntax.Field:
        record = self.expression(self.field(node, "record"))
        return syntax.Field(self.at(node), record, self.path(self.field(node, "field")))

    def _e_set_expression(self, node: Node) -> syntax.Expression:
        raise self.unread(node, "setting a field")

    def _e_application_expression(self, node: Node) -> syntax.Expression:
        function = self.field(node, "function")
        nodes = node.children_by_field_name("argument")
        if function.type in ("constructor_path", "tag"):
            if len(nodes) != 1 or nodes[0].type == "labeled_argument":
                raise refused(self.at(node), f"{self.text(function)} takes one argument: put them in parentheses")
            argument = self.expression(nodes[0])
            if function.type == "tag":
                return syntax.Variant(self.at(node), self.text(function)[1:].strip(), argument)
            return syntax.Construct(self.at(node), self.path(function), argument)
        return syntax.Apply(self.at(node), self.expression(function), tuple(map(self.argument, nodes)))

    def argument(self, node: Node) -> syntax.Argument:
        """Read an argument."""
        if node.type != "labeled_argument":
            return syntax.Argument(self.expression(node))
        name_node = self.first(node, "label_name")
        label = self.text(name_node)
        given = node.child_by_field_name("expression")
        value = syntax.Name(self.at(name_node), (label,)) if given is None else self.expression(given)
        return syntax.Argument(value, label, node.children[0].type == "?")

    def _e_infix_expression(self, node: Node) -> syntax.Expression:
        operator = self.field(node, "operator")
        name = self.text(operator)
        left, right = self.field(node, "left"), self.field(node, "right")
        if name == "::":
            return self.cons(node, left, right)
        if name in ("&&", "||", "&", "or"):
            joined = "&&" if name in ("&&", "&") else "||"
            return syntax.Logic(self.at(node), joined, self.expression(left), self.expression(right))
        arguments = (syntax.Argument(self.expression(left)), syntax.Argument(self.expression(right)))
        return syntax.Apply(self.at(node), syntax.Name(self.at(operator), (name,)), arguments)

    def _e_prefix_expression(self, node: Node) -> syntax.Apply:
        operator = self.field(node, "operator")
        argument = syntax.Argument(self.expression(self.field(node, "expression")))
        return syntax.Apply(self.at(node), syntax.Name(self.at(operator), (self.text(operator),)), (argument,))

    def _e_sign_expression(self, node: Node) -> syntax.Expression:
        operator, inner = self.field(node, "operator"), self.field(node, "expression")
        sign = self.text(operator)
        if inner.type == "number" and len(sign) == 1:
            return syntax.Constant(self.at(node), self.literal(node, literals.number, sign + self.text(inner)))
        name = syntax.Name(self.at(operator), (f"~{sign}",))
        return syntax.Apply(self.at(node), name, (syntax.Argument(self.expression(inner)),))

    def _e_local_open_expression(self, node: Node) -> syntax.In:
        path = self.first(node, "module_path")
        opened = syntax.Open(self.at(path), self.module_path(path))
        inner = node.child_by_field_name("expression")
        body = syntax.Constant(self.at(node), ()) if inner is None else self.expression(inner)
        return syntax.In(self.at(node), (opened,), body)

    def _e_let_expression(self, node: Node) -> syntax.In:
        items: list[syntax.Item] = []
        current = node
        while current.type == "let_expression":
            body = self.field(current, "body")
            inside = [child for child in self.inside(current) if child.id != body.id]
            items += self.items(inside)
            current = body
        return syntax.In(self.at(node), tuple(items), self.expression(current))

    _e_let_open_expression = _e_let_expression

    def _e_sequence_expression(self, node: Node) -> syntax.Sequence:
        return syntax.Sequence(self.at(node), tuple(map(self.expression, self.inside(node))))

    def _e_if_expression(self, node: Node) -> syntax.If:
        then = next((child for child in node.named_children if child.type == "then_clause"), None)
        otherwise = next((child for child in node.named_children if child.type == "else_clause"), None)
        if then is None:
            raise self.unread(node)
        return syntax.If(
            self.at(node),
            self.expression(self.field(node, "condition")),
            self.expression(self.only(then)),
            None if otherwise is None else self.expression(self.only(otherwise)),
        )

    def _e_fun_expression(self, node: Node) -> syntax.Expression:
        return self.function(node, self.field(node, "body"))

    def _e_function_expression(self, node: Node) -> syntax.Fun:
        return syntax.Fun(self.at(node), (), None, self.cases(node))

    def cases(self, node: Node) -> tuple[syntax.Case, ...]:
        """Read the cases of a match."""
        found: list[syntax.Case] = []
        for child in node.named_children:
            if child.type == "match_case":
                guard = next((each for each in child.named_children if each.type == "guard"), None)
                when = None if guard is None else self.expression(self.only(guard))
                body = self.expression(self.field(child, "body"))
                for pattern, raised in self.alternatives(self.field(child, "pattern")):
                    found.append(syntax.Case(pattern, when, body, raised))
        return tuple(found)

    def _e_match_expression(self, node: Node) -> syntax.Match:
        return syntax.Match(self.at(node), self.expression(self.field(node, "expression")), self.cases(node))

    def _e_try_expression(self, node: Node) -> syntax.Try:
        return syntax.Try(self.at(node), self.expression(self.field(node, "expression")), self.cases(node))

    def _e_assert_expression(self, node: Node) -> syntax.Assert:
        return syntax.Assert(self.at(node), self.expression(self.field(node, "expression")))

    def _e_lazy_expression(self, node: Node) -> syntax.Lazy:
        return syntax.Lazy(self.at(node), self.expression(self.field(node, "expression")))

    def _e_method_invocation(self, node: Node) -> syntax.Send:
        method = self.field(node, "method")
        return syntax.Send(self.at(node), self.expression(self.field(node, "object")), self.text(method))

    def _e_object_expression(self, node: Node) -> syntax.Object:
        self_node = node.child_by_field_name("self")
        members: list[syntax.Method | syntax.Inherit] = []
        for child in node.named_children:
            if child.id == getattr(self_node, "id", None) or child.type in IGNORED:
                continue
            if child.type == "inheritance_definition":
                members.append(self.inherit(child))
            elif child.type in ("method_definition", "instance_variable_definition"):
                members.append(self.method(child))
            else:
                raise self.unread(child)
        return syntax.Object(self.at(node), None if self_node is None else self.pattern(self_node), tuple(members))

    def inherit(self, node: Node) -> syntax.Inherit:
        """Read an inherited class."""
        applied = self.field(node, "class")
        alias = node.child_by_field_name("alias")
        nodes = applied.children_by_field_name("argument") if applied.type == "class_application" else []
        named = self.field(applied, "class") if applied.type == "class_application" else applied
        if named.type == "instantiated_class":
            named = named.named_children[-1]
        if named.type != "class_path":
            raise self.unread(node)
        path = self.path(named)
        return syntax.Inherit(
            self.at(node), path, tuple(map(self.argument, nodes)), None if alias is None else self.text(alias)
        )

    def method(self, node: Node) -> syntax.Method:
        """Read a method, or a value, of an object."""
        value = node.type == "instance_variable_definition"
        kinds = ("instance_variable_name",) if value else ("method_name",)
        name = next((child for child in node.named_children if child.type in kinds), None)
        body = node.child_by_field_name("body")
        if name is None or body is None:
            raise self.unread(node, "a virtual method")
        if any(child.type == "mutable" for child in node.children):
            raise self.unread(node, "a mutable value of an object")
        marks = {child.type for child in node.children}
        overrides = bool(marks & {"!", "method!"}) and not value
        return syntax.Method(
            self.at(name), self.text(name), self.function(node, body), value, "private" in marks, overrides
        )

    def function(self, node: Node, body: Node) -> syntax.Expression:
        """Read a body with the parameters before it."""
        parameters = tuple(self.parameter(child) for child in node.named_children if child.type == "parameter")
        read = self.expression(body)
        said = node.child_by_field_name("type")
        if parameters and said is not None:
            read = syntax.Typed(read.at, read, self.type(said))
        return self.joined(node, parameters, read) if parameters else read

    def joined(self, node: Node, parameters: tuple[syntax.Parameter, ...], body: syntax.Expression) -> syntax.Fun:
        """Merge a function with one that is its whole body: `fun x -> fun y -> …` has two parameters."""
        if isinstance(body, syntax.Fun):
            return syntax.Fun(self.at(node), (*parameters, *body.parameters), body.body, body.cases)
        return syntax.Fun(self.at(node), parameters, body)

    def parameter(self, node: Node) -> syntax.Parameter:
        """Read a parameter."""
        label_node = next((child for child in node.named_children if child.type == "label_name"), None)
        sign = node.children[0].type
        inner: Any = self.pattern(self.field(node, "pattern"))
        said = node.child_by_field_name("type")
        pattern = inner if said is None else syntax.PTyped(inner.at, inner, self.type(said))
        if sign not in ("~", "?"):
            return syntax.Parameter(pattern)
        default = node.child_by_field_name("default")
        if label_node is not None:
            label = self.text(label_node)
        else:
            inner = inner.pattern if isinstance(inner, syntax.PTyped) else inner
            if not isinstance(inner, syntax.PName):
                raise self.unread(node)
            label = inner.name
        return syntax.Parameter(pattern, label, sign == "?", None if default is None else self.expression(default))
