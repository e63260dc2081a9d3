"""Read a config.ml by tree-sitter's grammar of OCaml. What is not read is refused by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from functoria.errors import ConfigError
from functoria.location import Location, Span
from functoria.ocaml import literals, syntax
from functoria.ocaml.errors import refused

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

T = TypeVar("T")
_LONGEST = 4_000_000  # bytes


def read(source: bytes, file: str) -> tuple[syntax.Item, ...]:
    """The items of the OCaml program `source`, which is said to be of `file`. Raises ConfigError for what is not read."""
    if len(source) > _LONGEST:
        raise ConfigError(f"{file} is longer than {_LONGEST} bytes", objects=[file])
    tree = _parser().parse(source)
    reader = _Reader(file, source)
    if tree.root_node.has_error:
        raise reader.mistake(tree.root_node)
    return reader.items(tree.root_node.named_children)


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
    "toplevel_directive": "a directive of the toplevel",
    "object_copy_expression": "a copy of an object",
    "let_operator": "a let operator",
    "lazy_pattern": "a pattern of a lazy value",
    "exception_pattern": "a pattern of an exception in match",
    "functor": "a functor",
    "module_application": "a functor applied to a module",
    "unreachable_case": "a case that cannot be",
    "refutation_case": "a case that cannot be",
}
_IGNORED = {"comment", "attribute", "item_attribute", "floating_attribute", "abstract_type", "line_number_directive"}


class _Reader:
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
        return place(self.file, node)

    def mistake(self, root: Node) -> ConfigError:
        """What to say of a program that is not OCaml, as far as the grammar knows."""
        node = root
        while True:
            if node.is_missing:
                return refused(self.at(node), f"OCaml expects {node.type} here")
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
        return refused(self.at(node), f"this is not OCaml{more}")

    def unread(self, node: Node, what: str | None = None) -> ConfigError:
        name = what or _UNREAD.get(node.type, node.type.replace("_", " "))
        return refused(self.at(node), f"{name} is not read in a configuration")

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "backslashreplace")

    def field(self, node: Node, name: str) -> Node:
        found = node.child_by_field_name(name)
        if found is None:
            raise self.unread(node)
        return found

    def first(self, node: Node, type: str) -> Node:
        found = next((child for child in node.named_children if child.type == type), None)
        if found is None:
            raise self.unread(node)
        return found

    def inside(self, node: Node) -> list[Node]:
        return [child for child in node.named_children if child.type not in _IGNORED]

    def only(self, node: Node) -> Node:
        inside = self.inside(node)
        if len(inside) != 1:
            raise self.unread(node)
        return inside[0]

    def literal(self, node: Node, read: Callable[[T], object], text: T) -> object:
        try:
            return read(text)
        except (ValueError, OverflowError) as error:
            raise refused(self.at(node), f"{error}") from None

    def bytes_of(self, node: Node) -> bytes:
        return self.source[node.start_byte : node.end_byte]

    # Items

    def items(self, nodes: Iterable[Node]) -> tuple[syntax.Item, ...]:
        found: list[syntax.Item] = []
        for node in nodes:
            if node.type in _IGNORED or node.type == "shebang":
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
        if body is None:  # punned, which only let operators have
            raise self.unread(node)
        return pattern, self.function(node, body)

    def function(self, node: Node, body: Node) -> syntax.Expression:
        parameters = tuple(self.parameter(child) for child in node.named_children if child.type == "parameter")
        read = self.expression(body)
        return self.joined(node, parameters, read) if parameters else read

    def joined(self, node: Node, parameters: tuple[syntax.Parameter, ...], body: syntax.Expression) -> syntax.Fun:
        """A function; one that is directly inside it takes its further parameters."""
        if isinstance(body, syntax.Fun):
            return syntax.Fun(self.at(node), (*parameters, *body.parameters), body.body, body.cases)
        return syntax.Fun(self.at(node), parameters, body)

    def parameter(self, node: Node) -> syntax.Parameter:
        label_node = next((child for child in node.named_children if child.type == "label_name"), None)
        sign = node.children[0].type
        pattern = self.pattern(self.field(node, "pattern"))
        if sign not in ("~", "?"):
            return syntax.Parameter(pattern)
        default = node.child_by_field_name("default")
        if label_node is not None:
            label = self.text(label_node)
        else:
            inner: Any = pattern
            if not isinstance(inner, syntax.PName):
                raise self.unread(node)
            label = inner.name
        return syntax.Parameter(pattern, label, sign == "?", None if default is None else self.expression(default))

    def _i_expression_item(self, node: Node) -> syntax.Evaluate:
        return syntax.Evaluate(self.at(node), self.expression(self.only(node)))

    def _i_open_module(self, node: Node) -> syntax.Open:
        return syntax.Open(self.at(node), self.module_path(self.field(node, "module")))

    def _i_include_module(self, node: Node) -> syntax.Open:
        return syntax.Open(self.at(node), self.module_path(self.field(node, "module")), included=True)

    def module_path(self, node: Node) -> syntax.Path:
        parts: list[str] = []
        current: Node | None = node
        while current is not None:
            if current.type not in ("module_path", "module_name"):
                raise self.unread(current, "a module that is not a path")
            if current.type == "module_name":
                parts.append(self.text(current))
                break
            names = [child for child in current.named_children if child.type == "module_name"]
            rest = [child for child in current.named_children if child.type not in ("module_name", *_IGNORED)]
            if len(names) != 1 or len(rest) > 1:
                raise self.unread(current, "a module that is not a path")
            parts.append(self.text(names[0]))
            current = rest[0] if rest else None
        return tuple(reversed(parts))

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
        if body.type == "structure":
            return syntax.Module(self.at(node), self.text(name), self.items(body.named_children), alias=False)
        return syntax.Module(self.at(node), self.text(name), self.module_path(body), alias=True)

    def _i_type_definition(self, node: Node) -> syntax.Types:
        names: list[str] = []
        constructors: list[tuple[str, bool]] = []
        records: list[tuple[str, tuple[str, ...]]] = []
        for binding in node.named_children:
            if binding.type != "type_binding":
                continue
            name = self.text(self.field(binding, "name"))
            names.append(name)
            body = binding.child_by_field_name("body")
            if body is None:
                continue
            if body.type == "variant_declaration":
                for case in body.named_children:
                    if case.type == "constructor_declaration":
                        constructors.append(self.constructor(case))
            elif body.type == "record_declaration":
                fields = [child for child in body.named_children if child.type == "field_declaration"]
                records.append(
                    (name, tuple(self.text(child.named_children[0]) for child in fields if child.named_children))
                )
                if any(child.children[0].type == "mutable" for child in fields):
                    raise self.unread(body, "a mutable field")
            elif body.type == "..":
                raise self.unread(body, "an extensible type")
        return syntax.Types(self.at(node), tuple(names), tuple(constructors), tuple(records))

    def constructor(self, node: Node) -> tuple[str, bool]:
        name = next((child for child in node.named_children if child.type == "constructor_name"), None)
        if name is None:
            raise self.unread(node)
        if any(child.type == "record_declaration" for child in node.named_children):
            raise self.unread(node, "a constructor with a record of its own")
        return self.text(name), any(child.type in ("of", ":") for child in node.children)

    def _i_exception_definition(self, node: Node) -> syntax.Exn:
        declared = next((child for child in node.named_children if child.type == "constructor_declaration"), None)
        if declared is None:
            raise self.unread(node, "another name for an exception")
        name, argument = self.constructor(declared)
        return syntax.Exn(self.at(node), name, argument)

    # Expressions

    def expression(self, node: Node) -> syntax.Expression:
        read = self.expressions.get(node.type)
        if read is None:
            raise self.unread(node)
        found: syntax.Expression = read(node)
        return found

    def _e_value_path(self, node: Node) -> syntax.Name:
        return syntax.Name(self.at(node), self.path(node))

    def path(self, node: Node) -> syntax.Path:
        modules: syntax.Path = ()
        name = ""
        for child in node.named_children:
            if child.type in ("module_path", "extended_module_path"):
                modules = self.module_path(child)
            elif child.type == "parenthesized_operator":
                name = self.operator_name(child)
            elif child.type not in _IGNORED:
                name = self.text(child)
        return (*modules, name or self.text(node))

    def operator_name(self, node: Node) -> str:
        return self.text(node)[1:-1].strip()

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
        return self.expression(self.field(node, "expression"))

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
                raise self.unread(child, "a label in a tuple")
            items.append(self.expression(child))
        return syntax.Tuple(self.at(node), tuple(items))

    def _e_cons_expression(self, node: Node) -> syntax.Construct:
        return self.cons(node, self.field(node, "left"), self.field(node, "right"))

    def cons(self, node: Node, left: Node, right: Node) -> syntax.Construct:
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
        if inner.type == "number":
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
        found: list[syntax.Case] = []
        for child in node.named_children:
            if child.type == "match_case":
                guard = next((each for each in child.named_children if each.type == "guard"), None)
                found.append(
                    syntax.Case(
                        self.pattern(self.field(child, "pattern")),
                        None if guard is None else self.expression(self.only(guard)),
                        self.expression(self.field(child, "body")),
                    )
                )
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
            if child.id == getattr(self_node, "id", None) or child.type in _IGNORED:
                continue
            if child.type == "inheritance_definition":
                members.append(self.inherit(child))
            elif child.type in ("method_definition", "instance_variable_definition"):
                members.append(self.method(child))
            else:
                raise self.unread(child)
        return syntax.Object(self.at(node), None if self_node is None else self.pattern(self_node), tuple(members))

    def inherit(self, node: Node) -> syntax.Inherit:
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
        value = node.type == "instance_variable_definition"
        kinds = ("instance_variable_name",) if value else ("method_name",)
        name = next((child for child in node.named_children if child.type in kinds), None)
        body = node.child_by_field_name("body")
        if name is None or body is None:
            raise self.unread(node, "a virtual method")
        if any(child.type == "mutable" for child in node.children):
            raise self.unread(node, "a mutable value of an object")
        return syntax.Method(self.at(name), self.text(name), self.function(node, body), value)

    # Patterns

    def pattern(self, node: Node) -> syntax.Pattern:
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

    def _p_typed_pattern(self, node: Node) -> syntax.Pattern:
        return self.pattern(self.field(node, "pattern"))

    def _p_alias_pattern(self, node: Node) -> syntax.PAlias:
        inner = self.pattern(self.field(node, "pattern"))
        return syntax.PAlias(self.at(node), inner, self.text(self.field(node, "alias")))

    def constant(self, node: Node) -> syntax.PConstant:
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


def place(file: str, node: Node) -> Location:
    """Where `node` of `file` is."""
    (line, column), (end_line, end_column) = node.start_point, node.end_point
    return Location(file, line + 1, Span(line + 1, end_line + 1, column, end_column))


def comments(source: bytes, file: str) -> dict[int, list[str]]:
    """The lines of the comments above items at the top, by the line of the item, without those that a release reads."""
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
    """The first line of a program, where a comment may say which release it is for."""
    return re.split(rb"\r?\n", source, maxsplit=1)[0].decode("utf-8", "replace")
