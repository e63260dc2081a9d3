"""Random programs in the part of OCaml that configurations use, most of them well typed."""

from __future__ import annotations

from random import Random

BASE = ("int", "string", "bool", "char", "float", "unit", "colour", "point")
HEAD = """
type colour = Red | Green of int | Blue of int * string
type point = { x : int; y : string }
exception Odd of int
"""
"""The beginning of each program."""


class Programs:
    """Draws programs with `random`; `wrong` is the probability of an expression of another type than the expected one."""

    def __init__(self, random: Random, wrong: float = 0.03) -> None:
        self.random = random
        self.wrong = wrong
        self.names: list[tuple[str, str]] = []
        self.count = 0

    def program(self) -> str:
        """Draw some definitions; each may use the previous ones."""
        self.names, self.count = [], 0
        return "\n".join(self.item() for _ in range(self.random.randint(1, 4)))

    def item(self) -> str:
        way, name = self.random.randrange(6), self.name()
        if way == 0:
            return self.function(name)
        if way == 1:
            one, two = self.type(), self.type()
            text = f"let {name}, {name}_ = {self.of(f'({one} * {two})', 2)}"
            self.names += [(name, one), (f"{name}_", two)]
            return text
        if way == 2:
            type = self.type()
            text = f"let {name} : {type} = {self.of(type, 3)}"
            self.names.append((name, type))
            return text
        type = self.type()
        text = f"let {name} = {self.of(type, 3)}"
        self.names.append((name, type))
        return text

    def function(self, name: str) -> str:
        takes, gives = self.type(), self.type()
        recursive = self.random.random() < 0.2
        labelled = self.random.choice(["", "", "~", "?"])
        parameter = self.name()
        before = list(self.names)
        head = f"let {'rec ' if recursive else ''}{name} "
        if labelled == "?" and self.random.random() < 0.5:
            head += f"?({parameter} = {self.of(takes, 1)}) () "
        elif labelled == "?":
            head += f"?{parameter} () "
        else:
            head += f"{labelled}{parameter} "
        self.names.append((parameter, f"{takes} option" if "?" in head and "?(" not in head else takes))
        body = self.of(gives, 3)
        self.names = before
        kind = {"": takes, "~": f"{parameter}:{takes}", "?": f"?{parameter}:{takes}"}[labelled]
        self.names.append((name, f"{kind} => {gives}"))
        return head + f"= {body}"

    def name(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def type(self, depth: int = 2) -> str:
        way = self.random.randrange(12)
        if depth and way == 0:
            return f"{self.atom(depth)} list"
        if depth and way == 1:
            return f"{self.atom(depth)} option"
        if depth and way == 2:
            return f"({self.atom(depth)} * {self.atom(depth)})"
        if depth and way == 3:
            return f"{self.atom(depth)} ref"
        return self.random.choice(BASE)

    def atom(self, depth: int) -> str:
        return self.type(depth - 1)

    def of(self, type: str, depth: int) -> str:
        """Draw an expression, usually of the given type."""
        if self.random.random() < self.wrong:
            type = self.type()
        if depth <= 0:
            return self.simple(type)
        less = depth - 1
        ways = [
            lambda: self.simple(type),
            lambda: self.literal(type, less),
            lambda: self.literal(type, less),
            lambda: f"(if {self.of('bool', less)} then {self.of(type, less)} else {self.of(type, less)})",
            lambda: self.let(type, less),
            lambda: self.match(type, less),
            lambda: f"(fst {self.pair(type, self.type(1), less)})",
            lambda: f"(List.hd [ {self.of(type, less)}; {self.of(type, less)} ])",
            lambda: f"(! (ref {self.of(type, less)}))",
            lambda: (
                f"(try {self.of(type, less)} with Not_found -> {self.of(type, less)} | Odd _ -> {self.of(type, less)})"
            ),
            lambda: f"(ignore {self.of(self.type(1), less)}; {self.of(type, less)})",
            lambda: f"(Option.value {self.some(type, less)} ~default:{self.of(type, less)})",
            lambda: f"((fun x -> {self.of(type, less)}) {self.of(self.type(1), less)})",
            lambda: f"(Lazy.force (lazy {self.of(type, less)}))",
            lambda: (
                f"(match {self.of(self.type(1), less)} with exception Failure _ -> {self.of(type, less)} "
                f"| _ -> {self.of(type, less)})"
            ),
            lambda: f"({self.of(type, less)} : {type})",
            lambda: self.call(type, less),
            lambda: self.call(type, less),
        ]
        return self.random.choice(ways)()

    def simple(self, type: str) -> str:
        own = [name for name, held in self.names if held == type]
        if own and self.random.random() < 0.7:
            return self.random.choice(own)
        if self.names and self.random.random() < self.wrong:
            return self.random.choice(self.names)[0]
        return self.literal(type, 0)

    def pair(self, one: str, two: str, depth: int) -> str:
        return f"({self.of(one, depth)}, {self.of(two, depth)})"

    def some(self, type: str, depth: int) -> str:
        return f"(Some {self.of(type, depth)})"

    def call(self, type: str, depth: int) -> str:
        own = [(name, held.split(" => ")) for name, held in self.names if " => " in held]
        fitting = [(name, takes) for name, (takes, gives) in own if gives == type]
        if not fitting:
            return self.literal(type, depth)
        name, takes = self.random.choice(fitting)
        if takes.startswith("?"):
            label, _, taken = takes[1:].partition(":")
            return self.random.choice(
                [
                    f"({name} ())",
                    f"({name} ~{label}:{self.of(taken, depth)} ())",
                    f"({name} ?{label}:{self.some(taken, depth)} ())",
                ]
            )
        if takes.startswith("v") and ":" in takes:
            label, _, taken = takes.partition(":")
            return self.random.choice(
                [f"({name} ~{label}:{self.of(taken, depth)})", f"({name} {self.of(taken, depth)})"]
            )
        return f"({name} {self.of(takes, depth)})"

    def let(self, type: str, depth: int) -> str:
        held, name, before = self.type(1), self.name(), list(self.names)
        text = f"(let {name} = {self.of(held, depth)} in "
        self.names = [*before, (name, held)]
        text += f"{self.of(type, depth)})"
        self.names = before
        return text

    def match(self, type: str, depth: int) -> str:
        before = list(self.names)
        name = self.name()
        cases = {
            "colour": ["Red", f"Green {name}", f"Blue ({name}, _)", "_"],
            "int": ["0", "1 | 2", name],
            "string": ['"a"', name, "_"],
            "bool": ["true", "false"],
            "point": [f"{{ x = {name}; _ }}", f"{{ y = {name}; x = 1 }}", "_"],
            "int option": [f"Some {name}", "None"],
            "int list": ["[]", f"{name} :: _", f"[ {name}; _ ]", "_"],
        }
        subject = self.random.choice([*cases])
        held = {"string": "string"}.get(subject, "int")
        wrong = self.random.random() < self.wrong * 3
        patterns = self.random.sample(cases[self.random.choice([*cases]) if wrong else subject], 2)
        text = f"(match {self.of(subject, depth)} with "
        for pattern in patterns:
            kind = "string" if "y =" in pattern else held
            self.names = [*before, (name, kind)] if name in pattern else before
            text += f"| {pattern} -> {self.of(type, depth)} "
        self.names = before
        return text + ")"

    def literal(self, type: str, depth: int) -> str:
        """Draw an expression whose form shows that it is of this type."""
        pick = self.random.choice
        for end, make in (
            (" list", lambda of: self.lists(of, depth)),
            (" option", lambda of: pick(["None", f"(Some {self.of(of, depth)})"])),
            (" ref", lambda of: f"(ref {self.of(of, depth)})"),
        ):
            if type.endswith(end):
                return str(make(type.removesuffix(end)))
        if " * " in type and type.startswith("("):
            return self.products(type, depth)
        of = self.of
        ways = {
            "int": lambda: pick(
                [
                    "1",
                    "(-3)",
                    f"({of('int', depth)} + {of('int', depth)})",
                    f"(String.length {of('string', depth)})",
                    f"(List.length {of(self.type(1) + ' list', depth)})",
                    f"(List.fold_left (fun a b -> a + b) 0 {of('int list', depth)})",
                    f"{{ x = {of('int', depth)}; y = {of('string', depth)} }}.x",
                    f"(int_of_string {of('string', depth)})",
                    f"(List.fold_left ( + ) 0 {of('int list', depth)})",
                ]
            ),
            "string": lambda: pick(
                [
                    '"a"',
                    f"({of('string', depth)} ^ {of('string', depth)})",
                    f'(Printf.sprintf "%d-%s" {of("int", depth)} {of("string", depth)})',
                    f'(Printf.sprintf "%c%b" {of("char", depth)} {of("bool", depth)})',
                    f'(Format.asprintf "%5.2f" {of("float", depth)})',
                    f"(string_of_int {of('int', depth)})",
                    f"(String.concat {of('string', depth)} {of('string list', depth)})",
                    f"{of('point', depth)}.y",
                    f"({of('int', depth)} |> string_of_int)",
                    f"(string_of_int @@ {of('int', depth)})",
                    f"(StringLabels.concat ~sep:{of('string', depth)} {of('string list', depth)})",
                ]
            ),
            "bool": lambda: pick(
                [
                    "true",
                    "false",
                    f"({of('bool', depth)} && {of('bool', depth)})",
                    self.comparison(depth),
                    f"(not {of('bool', depth)})",
                    f"(List.mem {of('int', depth)} {of('int list', depth)})",
                    f"(List.exists (fun a -> a = {of('string', depth)}) {of('string list', depth)})",
                ]
            ),
            "char": lambda: pick(["'a'", f"(String.get {of('string', depth)} 0)", f"(Char.chr {of('int', depth)})"]),
            "float": lambda: pick(["1.5", f"({of('float', depth)} +. 2.)", f"(float_of_int {of('int', depth)})"]),
            "unit": lambda: pick(
                [
                    "()",
                    f"(ignore {of(self.type(1), depth)})",
                    self.assignment(depth),
                    f"(if {of('bool', depth)} then ())",
                ]
            ),
            "colour": lambda: pick(
                ["Red", f"(Green {of('int', depth)})", f"(Blue ({of('int', depth)}, {of('string', depth)}))"]
            ),
            "point": lambda: pick(
                [
                    f"{{ x = {of('int', depth)}; y = {of('string', depth)} }}",
                    f"{{ {of('point', depth)} with x = {of('int', depth)} }}",
                ]
            ),
        }
        if type not in ways:  # a function type
            return "()"
        return ways[type]() if depth > 0 else self.constant(type)

    def constant(self, type: str) -> str:
        return {
            "int": "1",
            "string": '"a"',
            "bool": "true",
            "char": "'a'",
            "float": "1.5",
            "unit": "()",
            "colour": "Red",
            "point": '{ x = 1; y = "b" }',
        }[type]

    def comparison(self, depth: int) -> str:
        type = self.type(1)
        return f"({self.of(type, depth)} {self.random.choice(['=', '<', '<>', '>='])} {self.of(type, depth)})"

    def assignment(self, depth: int) -> str:
        type = self.type(1)
        return f"({self.of(f'{type} ref', depth)} := {self.of(type, depth)})"

    def products(self, type: str, depth: int) -> str:
        inner, level, cut = type[1:-1], 0, 0
        for number, char in enumerate(inner):
            level += (char == "(") - (char == ")")
            if char == "*" and level == 0:
                cut = number
                break
        if not cut:
            return "()"
        return self.pair(inner[: cut - 1], inner[cut + 2 :], depth)

    def lists(self, of: str, depth: int) -> str:
        some = f"[ {self.of(of, depth)}; {self.of(of, depth)} ]"
        return self.random.choice(
            [
                "[]",
                some,
                some,
                f"({self.of(of, depth)} :: {some})",
                f"({some} @ {some})",
                f"(List.map (fun x -> x) {some})",
                f"(List.rev {some})",
                f"(List.filter (fun _ -> {self.of('bool', depth)}) {some})",
            ]
        )
