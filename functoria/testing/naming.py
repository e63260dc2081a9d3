"""The invariant `named`, about the names of devices in main.ml."""

from __future__ import annotations

import re

from functoria.emit import main_ml
from functoria.graph.graph import Node
from functoria.names import KEYWORDS
from functoria.plan.plan import Plan
from functoria.testing import ocaml
from functoria.testing.main_file import Form, main_of
from functoria.testing.reading import readings
from functoria.testing.violation import broken, understood

_VALUE = re.compile(r"[a-z_][A-Za-z0-9_']*\Z", re.ASCII)
_MODULE = re.compile(r"[A-Z][A-Za-z0-9_']*\Z", re.ASCII)
_OWN = frozenset(["return", "run", "t", "Lazy"])
"""The names that main.ml itself uses."""


def named(plan: Plan) -> None:
    """Check that names in main.ml are legal OCaml, that derived variables are distinct, and that none hides another name.

    They must not hide the modules of devices, or names that the prelude and the code of devices use. In key_gen.ml, each
    key must have a function of its own.
    """
    if main_ml.emit not in plan.root.device.emitters:
        return  # roots with another main module define its checks by `Main.checks`
    named_in(plan, f"{plan.root.device.executable(plan.info)}.ml", Form())


def named_in(plan: Plan, main: str, form: Form) -> None:
    """Check the names in the main module that is the file `main`, of this form, as `named` does."""
    names = understood(plan, main, lambda text: main_of(text, form), plan.files()[main]).names
    makers = [node for node in plan.devices if node.defined]
    if (len(names.values), len(names.modules)) != (len(plan.devices), len(makers)):
        broken(plan, f"main.ml has {len(names.values)} devices and {len(names.modules)} modules", *names.values)
    mentioned = _mentioned(plan)
    taken: dict[str, Node] = {}
    for node, name in zip(plan.devices, names.values, strict=True):
        if not _VALUE.match(name) or name in KEYWORDS or name == "_":
            broken(plan, f"{node!r} is called {name!r}, which is not the name of a value in OCaml", node)
        for variable in (name, f"_{name}", f"__{name}"):
            if taken.setdefault(variable, node) is not node:
                broken(plan, f"{node!r} and {taken[variable]!r} share the variable {variable}", node, taken[variable])
            if variable in mentioned:
                broken(
                    plan, f"{node!r} makes a variable {variable}, which hides what {mentioned[variable]} means", node
                )
    variables = [each for name in names.registered for each in (f"{name}__key", f"_{name}")]
    if len(set(variables)) < len(variables):
        broken(plan, f"two registered values share a variable: {', '.join(variables)}", *variables)
    for variable in variables:
        if variable in taken or variable in mentioned:
            who = taken.get(variable) or mentioned[variable]
            broken(plan, f"the registered value {variable} hides what {who!r} means", variable)
    heads = {node.module.partition(".")[0]: repr(node) for node in plan.devices}
    for node, name in zip(makers, names.modules, strict=True):
        if not _MODULE.match(name):
            broken(plan, f"{node!r} makes a module {name!r}, which is not the name of one in OCaml", node)
        if name in mentioned or name in heads:
            who = mentioned.get(name) or heads[name]
            broken(plan, f"{node!r} makes a module {name}, which hides that of {who}", node)
    functions = [key.ocaml_name for key in plan.keys]
    if len(set(functions)) < len(functions):
        broken(plan, f"two keys share a function of key_gen.ml: {', '.join(functions)}", *plan.keys)


def _mentioned(plan: Plan) -> dict[str, str]:
    """Return the names that are used but not passed to devices, with what uses each of them."""
    found = dict.fromkeys(_OWN, "main.ml")
    found.update(dict.fromkeys(_free(plan.root.device.prelude(plan.info)), "the prelude"))
    for reading in readings(plan):
        code = understood(plan, f"the code of {reading.node!r}", _free, reading.code)
        found.update(dict.fromkeys(code, repr(reading.node)))
    return found


def _free(code: str) -> list[str]:
    """Return the names in `code`, without type variables, what follows a dot, and what is passed to the device."""
    words = ocaml.tokens(code)
    dots = ("", *(word.text for word in words))
    return [
        word.text
        for word, before in zip(words, dots, strict=False)
        if word.kind == "word"
        and before not in (".", "'")
        and not word.text.startswith("_value")
        and word.text != "Applied"
    ]
