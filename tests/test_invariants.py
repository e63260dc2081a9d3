"""The invariants of plans, the readers of emitted files, and the guide to testing."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import functoria
import functoria.graph
from functoria import Bounds, Device, Info, Plan, foreign, job, package
from functoria import quote as quoting
from functoria import testing as t
from functoria.emit.main_ml import Names
from functoria.sexp import Verbatim, stanza
from functoria.testing import invariants, ocaml, opam, registration, sexps
from functoria.testing.syntax import SyntaxFault
from tests.test_testing import FAST, NETWORK, ROOT, SMALL, A, port


def test_check_says_what_it_looked_at() -> None:
    done = t.check(NETWORK.plan(target="hvt", dhcp=True))
    assert done.invariants == tuple(invariant.__name__ for invariant in t.INVARIANTS)
    assert len(done.invariants) == 11
    assert done.ocaml in ("tree-sitter-ocaml", "words and brackets")


def tampered(plan: Plan, name: str, change: Callable[[str], str]) -> Plan:
    """`plan`, where the text of a file is not what it should be."""
    other = attrs.evolve(plan)
    contents = {
        file: made._replace(text=change(made.text)) if file == name else made for file, made in plan.contents.items()
    }
    assert contents != plan.contents
    vars(other)["contents"] = contents
    return other


def planned(device: Any) -> Plan:
    return functoria.register("x", [device]).plan()


class Odd(Device[Any]):
    type = job
    module = "Odd"


class ReadsInfo(Odd):
    def connect(self, info: Info, module: str, values: Any) -> str:
        return f"return {info.context['port']}"


class CallsKey(Odd):
    def connect(self, info: Info, module: str, values: Any) -> str:
        return f"return {port.call}"


class Unclosed(Odd):
    def connect(self, info: Info, module: str, values: Any) -> str:
        return "return (1"


class NoOCaml(Odd):
    def connect(self, info: Info, module: str, values: Any) -> str:
        return "return let in"


class NoDune(Odd):
    def rules(self, info: Info) -> Any:
        yield ("rule", Verbatim("(never"))


class Counts(Odd):
    count = 0

    def connect(self, info: Info, module: str, values: Any) -> str:
        Counts.count += 1
        return f"return {Counts.count}"


@attrs.frozen
class Shows(Device[Any]):
    """Its code depends on what another device is called."""

    type = A >> job
    module = "Shows.Make"

    def connect(self, info: Info, module: str, values: Any) -> str:
        return f'return "{values[0]}"'


def _without(pattern: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, "", text, count=1)


def _reordered() -> Plan:
    plan = planned(foreign("F", A >> job) @ foreign("A", A))
    return attrs.evolve(plan, devices=(plan.devices[1], plan.devices[0], *plan.devices[2:]))


def _cyclic() -> Plan:
    plan = attrs.evolve(SMALL.plan())
    graph = SMALL.plan().graph.copy()
    graph.add_edge(0, 1, roles=())
    vars(plan)["graph"] = graph
    return plan


def _gap() -> Plan:
    plan = attrs.evolve(SMALL.plan())
    graph = SMALL.plan().graph.copy()
    graph.edges[1, 0]["roles"] = (functoria.graph.Role("dependency", 1),)
    vars(plan)["graph"] = graph
    return plan


def _loose() -> Plan:
    plan = planned(foreign("Main", job, packages=[package("p", min="2.0")]))
    vars(plan)["packages"] = tuple(attrs.evolve(p, bounds=Bounds("1.0")) if p.name == "p" else p for p in plan.packages)
    return plan


NETWORKED = NETWORK.plan()
BROKEN: list[tuple[Callable[[Plan], None], Callable[[], Plan], str]] = [
    (t.acyclic, _reordered, "stands at place 0"),
    (t.acyclic, _cyclic, "has a cycle"),
    (t.acyclic, _gap, "there is a gap"),
    (t.resolved, lambda: NETWORK.plan(partial=True), "undecided: complete the plan"),
    (t.bounded, _loose, "is not what 1 declarations have in common"),
    (t.declared, lambda: planned(ReadsInfo()), "reads the key port, which nothing declares"),
    (t.declared, lambda: planned(CallsKey()), r"calls Key_gen\.port, of no key"),
    (t.declared, lambda: tampered(NETWORKED, "key_gen.ml", _without(r"let logs \(\) .*\n")), r"main\.ml calls Key_gen\.logs"),
    (t.ocaml_parses, lambda: planned(Unclosed()), "main.ml: line"),
    (t.opam_parses, lambda: tampered(NETWORKED, "mirage-unikernel-network-unix.opam", _without(r"\]")), "opam: line"),
    (t.opam_parses, lambda: tampered(NETWORKED, "mirage-unikernel-network-unix.opam", _without("depends")), "opam: line"),
    (t.opam_parses, lambda: tampered(NETWORKED, "mirage-unikernel-network-unix.opam", _without("name: .*\n")), "no name"),
    (t.dune_parses, lambda: planned(NoDune()), "is never closed"),
    (t.dune_parses, lambda: tampered(NETWORKED, "dune-project", lambda _: "(name x)\n"), "lang dune"),
    (t.deterministic, lambda: planned(Counts()), "comes out otherwise"),
    (t.faithful, lambda: tampered(NETWORKED, "mirage-unikernel-network-unix.opam", _without('  "lwt"\n')), "packages"),
    (t.faithful, lambda: tampered(NETWORKED, "dune", _without(r"  lwt\n")), "does not link lwt"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _without(r"let net \(\) = .*\n")), "of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"  let __netif = .*\n")), "of the needs"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"\(Mclock\)")), "of the modules"),
    (t.stable, lambda: planned(Shows() @ foreign("A", A)), "depends on names"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("invariant", "make", "message"), BROKEN)
def test_an_invariant_that_is_broken_is_named(
    invariant: Callable[[Plan], None], make: Callable[[], Plan], message: str
) -> None:
    with pytest.raises(t.Violation, match=message):
        invariant(make())


def test_names_that_are_not_ocaml_or_not_unique_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(foreign("F", A >> job) @ foreign("A", A))
    t.named(plan)
    modules = ["A", "F1", "Stdlib"]
    for values, message in ((["a", "a", "main"], "share"), (["A", "f", "m"], "no name"), (["x", "_x", "m"], "share")):
        monkeypatch.setattr(invariants, "names_of", lambda _, v=values: Names(v, modules))
        with pytest.raises(t.Violation, match=message):
            t.named(plan)
    monkeypatch.setattr(invariants, "names_of", lambda _: Names(["a", "f", "m"], ["A", "A", "Stdlib"]))
    with pytest.raises(t.Violation, match="hides"):
        t.named(plan)


def test_without_a_grammar_ocaml_is_read_word_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocaml, "_MADE", [None])
    assert t.check(SMALL.plan()).ocaml == "words and brackets"
    ocaml.parse("return let in")
    with pytest.raises(t.Violation, match="is never closed"):
        t.ocaml_parses(planned(Unclosed()))


def test_with_a_grammar_what_is_no_ocaml_is_noticed() -> None:
    pytest.importorskip("tree_sitter_ocaml", reason="tree-sitter-ocaml not installed: pip install functoria[dev]")
    with pytest.raises(t.Violation, match=r"main\.ml: line"):
        t.ocaml_parses(planned(NoOCaml()))


def test_devices_that_share_a_prefix_of_underscores_keep_apart() -> None:
    class Foo(Odd):
        name = "foo"

    class Private(Odd):
        name = "_foo"

    t.check(functoria.register("x", [Private(), Foo()]).plan())


def test_a_module_that_the_code_mentions_is_not_hidden() -> None:
    class Logs(Device[Any]):
        type = A >> job
        module = "My_logs.Make"

        def connect(self, info: Info, module: str, values: Any) -> str:
            return f"Logs.set_level None; {module}.start {values[0]}"

    plan = planned(Logs() @ foreign("A", A))
    t.check(plan)
    assert "module Logs =" not in plan.files()["main.ml"]
    assert "Logs.set_level None; Logs1.start _a" in plan.files()["main.ml"]


# The readers of emitted files.

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
trees: st.SearchStrategy[Any] = st.recursive(text, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=12)


@FAST
@given(st.lists(trees, min_size=1).map(tuple))
def test_dune_files_are_read_back(tree: Any) -> None:
    assert sexps.read(stanza(("rule", *tree)) + "\n; a comment (\n") == [("rule", *tree)]


@FAST
@given(text, text)
def test_strings_of_opam_and_ocaml_are_read_back(one: str, two: str) -> None:
    fields = opam.read(f"# a comment\nx: [{quoting.opam(one)} {{>= {quoting.opam(two)} & build}}]\ny: true")
    assert fields["x"] == (opam.Option(one, (opam.Logic("&", (opam.Relation(None, ">=", two), opam.Word("build"))),)),)
    words = ocaml.tokens(f"(* {quoting.ocaml(one)} (* *) *) f {quoting.ocaml(one)} {quoting.ocaml(two)}")
    assert [word.kind for word in words] == ["word", "string", "string"]
    assert words[1].text == quoting.ocaml(one)


@pytest.mark.parametrize(
    ("read", "wrong", "message"),
    [
        (sexps.read, "(a\n (b)", "line 1: ( is never closed"),
        (sexps.read, "(a))", "closes nothing"),
        (sexps.read, '("a', "string that is never closed"),
        (sexps.read, '"\\q"', "no escape"),
        (sexps.stanzas, "()", "no stanza"),
        (opam.read, "a: [", "is no value"),
        (opam.read, "a: 1 a: 2", "is there twice"),
        (opam.read, 'a "x"', ": is missing"),
        (opam.read, 'a: "x', "string that is never closed"),
        (opam.read, "a: ;", "';' has no place"),
        (ocaml.parse, "let x = (1", "( is never closed"),
        (ocaml.parse, "let x = (1]", "] closes ("),
        (ocaml.parse, 'let x = "a', "string that is never closed"),
        (ocaml.parse, "let x = (* (* *)", "comment that is never closed"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(read: Callable[[str], Any], wrong: str, message: str) -> None:
    with pytest.raises(SyntaxFault, match=re.escape(message)):
        read(wrong)


def test_ocaml_is_read_as_ocaml_has_it() -> None:
    code = 'let f ~a ?b x\' = function `A -> \'"\' | _ -> {q|")|q} ^ "\\"" [@w] (* "*)" *)\n# 3 "x.ml"\nM.y'
    ocaml.parse(code)
    kinds = {word.text: word.kind for word in ocaml.tokens(code)}
    assert kinds["~a"] == kinds["?b"] == "label"
    assert kinds["`A"] == "variant"
    assert kinds["'\"'"] == "char"
    assert kinds['{q|")|q}'] == "string"
    assert kinds["x'"] == "word"
    assert "3" not in kinds


# The guide.


def blocks() -> Iterator[tuple[str, str]]:
    guide = (ROOT / "docs" / "testing.md").read_text()
    for number, match in enumerate(re.finditer(r"```python\n(?:# (\w+\.py)\n)?(.*?)```", guide, re.DOTALL)):
        yield match.group(1) or f"test_block_{number}.py", match.group(2)


@pytest.mark.filterwarnings("ignore")
def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "config", raising=False)
    registration.register()  # as Hypothesis does by itself where the library is installed
    ran = []
    for name, code in blocks():
        (tmp_path / name).write_text(code)
        module = runpy.run_path(str(tmp_path / name), run_name=name.removesuffix(".py"))
        for test in [value for key, value in module.items() if key.startswith("test_")]:
            test()
            ran.append(test.__name__)
    sys.modules.pop("config", None)
    assert len(ran) >= 8
