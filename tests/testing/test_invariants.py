"""The invariants of plans, the readers of emitted files, and the guide to testing."""

from __future__ import annotations

import os
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import functoria
from functoria import Bounds, Device, Info, Key, Package, Plan, arg, foreign, job, package
from functoria import quote as quoting
from functoria import testing as t
from functoria.emit import dune, key_gen, main_ml
from functoria.emit import makefile as make
from functoria.emit import opam as opam_file
from functoria.emit.emitter import Piece
from functoria.graph.graph import Graph, Role
from functoria.opam import file as opamfile
from functoria.sexp import Verbatim, stanza
from functoria.testing import ocaml, opam, registration, sexps
from functoria.testing.invariants import TARGETS
from functoria.testing.make_file import makefile, words
from functoria.testing.syntax import SyntaxFault
from tests.testing.test_testing import FAST, NETWORK, ROOT, SMALL, A, port
from tests.tools import need, run


def test_check_says_what_it_looked_at() -> None:
    done = t.check(NETWORK.plan(target="hvt", dhcp=True))
    assert done.invariants == tuple(invariant.__name__ for invariant in t.INVARIANTS)
    assert len(done.invariants) == 12
    assert done.ocaml in ("tree-sitter-ocaml", "words and brackets")


def tampered(plan: Plan, name: str, change: Callable[[str], str]) -> Plan:
    """Return `plan` with the text of one file changed."""
    other = attrs.evolve(plan)
    contents = {
        file: attrs.evolve(made, text=change(made.text)) if file == name else made
        for file, made in plan.contents.items()
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
class Made(Device[Any]):
    code: str
    type = A >> job
    module = "F"
    name = "g"
    keys = (port,)

    def connect(self, info: Info, module: str, values: Any) -> str:
        return f"{self.code} {module}.x {values[0]}"


@attrs.frozen
class Calls(Odd):
    code: str
    keys = (port,)

    def connect(self, info: Info, module: str, values: Any) -> str:
        return self.code


class Gets(Odd):
    """A device that gets another key than the one of that name that it declares."""

    keys = (port,)

    def connect(self, info: Info, module: str, values: Any) -> str:
        return f"return {info.get(Key.opt('port', arg.int, default=1))}"


class Here(Odd):
    def files(self, info: Info) -> Any:
        return {"here": os.getcwd()}


class Surroundings(Odd):
    def files(self, info: Info) -> Any:
        return {"who": os.environ.get("PATH", "none")}


class Lists(Odd):
    """A device with a file that lists the names of devices."""

    def files(self, info: Info) -> Any:
        return {"names.txt": "".join(f"{node.device.name}\n" for node in info.nodes)}


@attrs.frozen
class Shows(Device[Any]):
    """A device whose code depends on the name of another device."""

    type = A >> job
    module = "Shows.Make"

    def connect(self, info: Info, module: str, values: Any) -> str:
        return f'return "{values[0]}"'


def _without(pattern: str) -> Callable[[str], str]:
    return _changed(pattern, "")


def _changed(pattern: str, other: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, lambda _: other, text, count=1)


def _reordered() -> Plan:
    plan = planned(foreign("F", A >> job) @ foreign("A", A))
    return attrs.evolve(plan, graph=Graph((plan.devices[1], plan.devices[0], *plan.devices[2:])))


def _with_graph(plan: Plan, graph: Any) -> Plan:
    """Return a plan whose graph has other edges than its devices declare."""
    graph.devices, graph.root = plan.devices, plan.root
    return attrs.evolve(plan, graph=graph)


def _cyclic() -> Plan:
    graph = SMALL.plan().graph.copy()
    graph.add_edge(0, 1, roles=())
    return _with_graph(SMALL.plan(), graph)


def _gap() -> Plan:
    graph = SMALL.plan().graph.copy()
    graph.edges[1, 0]["roles"] = (Role("dependency", 1),)
    return _with_graph(SMALL.plan(), graph)


def _loose() -> Plan:
    plan = planned(foreign("Unikernel", job, packages=[package("p", min="2.0")]))
    vars(plan)["packages"] = tuple(attrs.evolve(p, bounds=Bounds("1.0")) if p.name == "p" else p for p in plan.packages)
    return plan


def _edgeless() -> Plan:
    plan = planned(foreign("F", A >> A >> job) @ foreign("A", A) @ foreign("B", A))
    graph = plan.graph.copy()
    last = next(node for node in plan.devices if node.arguments)
    graph.remove_edge(last.index, last.arguments[-1].index)
    graph.add_edge(plan.root.index, last.arguments[-1].index, roles=())  # to avoid two roots
    return _with_graph(plan, graph)


def _packaged(change: Callable[[Package], Package | None], *more: Package) -> Plan:
    """Return a plan whose packages are not those that its devices declare."""
    parts = [package("p", sublibs=["a"]), package("p", sublibs=["b"], min="1.0", build=True)]
    plan = planned(foreign("Unikernel", job, packages=parts))
    vars(plan)["packages"] = tuple(sorted([*filter(None, map(change, plan.packages)), *more], key=lambda p: p.name))
    return plan


def _linking(library: str) -> Plan:
    plan = attrs.evolve(SMALL.plan())
    vars(plan)["libraries"] = (library,)
    return plan


OPAM = "mirage-unikernel-network-unix.opam"
NETWORKED = NETWORK.plan()
BROKEN: list[tuple[Callable[[Plan], None], Callable[[], Plan], str]] = [
    (t.acyclic, _reordered, "stands at place 0"),
    (t.acyclic, _cyclic, "has a cycle"),
    (t.acyclic, _gap, "there is a gap"),
    (t.acyclic, lambda: _edgeless(), "the graph has the edges"),
    (t.resolved, lambda: _edgeless(), "the graph has the edges"),
    (t.resolved, lambda: NETWORK.plan(partial=True), "undecided: complete the plan"),
    (t.bounded, _loose, "is not what 1 declarations have in common"),
    (t.declared, lambda: planned(ReadsInfo()), "reads the key port, which nothing declares"),
    (t.bounded, lambda: _packaged(lambda p: None if p.name == "p" else p), "but .*p.* are declared"),
    (t.bounded, lambda: _packaged(lambda p: p, package("other")), "the packages are .*other"),
    (t.bounded, lambda: _packaged(lambda p: attrs.evolve(p, build=not p.build)), "for building only"),
    (t.bounded, lambda: _packaged(lambda p: attrs.evolve(p, libraries=p.libraries[:1])), "are declared"),
    (t.bounded, lambda: _packaged(lambda p: attrs.evolve(p, pin="./p")), "is pinned to ./p, but none is asked for"),
    (t.bounded, lambda: _linking("nocrypto"), "the libraries are .*nocrypto"),
    (t.declared, lambda: planned(Calls("let open Key_gen in return (nokey ())")), "cannot be followed"),
    (t.declared, lambda: planned(Calls("let module K = Key_gen in K.nokey ()")), "cannot be followed"),
    (t.declared, lambda: planned(Calls("return Key_gen.(nokey ())")), r"calls Key_gen\.nokey, of no key"),
    (t.declared, lambda: planned(Calls("return Key_gen.[String.length (nokey ())]")), r"calls Key_gen\.nokey, of no key"),
    (t.declared, lambda: planned(Gets()), "is another than the one declared"),
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
    (t.faithful, lambda: tampered(NETWORKED, "dune", _changed("  lwt\n", "  lwt\n  nocrypto\n")), "links nocrypto, unlike"),
    (t.faithful, lambda: tampered(NETWORKED, "dune", _without(r" -w -3")), "of the stanzas"),
    (t.faithful, lambda: tampered(NETWORKED, "dune", lambda text: text + "(rule (copy# a b))\n"), "of the stanzas"),
    (t.faithful, lambda: tampered(NETWORKED, OPAM, _changed(r'\["dune" .*\]', '["rm" "-rf" "/"]')), "of the opam file"),
    (t.faithful, lambda: tampered(NETWORKED, OPAM, _changed("-j\" jobs", "-j\" \"jobs\"")), "of the opam file"),
    (t.faithful, lambda: tampered(NETWORKED, OPAM, _changed("synopsis: .*", 'synopsis: "x"')), "of the opam file"),
    (t.faithful, lambda: tampered(NETWORKED, OPAM, lambda text: text + 'pin-depends: [["lwt.dev" "./x"]]'), "packages"),
    (t.faithful, lambda: tampered(NETWORKED, OPAM, lambda text: text + 'pin-depends: [["x.dev" "./x"]]'), "it pins x"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("8080", "9090")), "'9090'.* of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed(r'\["port"\]', '["prot"]')), "'prot'.* of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("Arg.int", "Arg.string")), "of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("MIRAGE_LOGS", "LOGS")), "of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("The gateway of", "The gate of")), "of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("`Unix", "`Xen")), "of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("get port", "get logs")), "port is not an option"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed(r"combine \[.*\] \[.*\]", "combine [] []")), "runtime keys"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed(r"combine \[.*?\]", "combine []")), "runtime_keys has terms"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _changed("interface_t; ipv4_t", "ipv4_t; interface_t")), "runtime"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"let \(\) =\n  let t =[^$]*")), "order of initialisation"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"    Lazy.force key >>= fun _ ->\n")), "order of init"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed(r"Lazy.force mirage\n", "Lazy.force noop\n")), "order of init"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed(r"run t", "ignore t")), "order of initialisation"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"  __ethif >>= fun _ethif ->\n")), "values waited for"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed(r"Arp.connect .*", "return ()")), "of the code"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed(r"Unikernel_main.start .*", "return ()")), "of the code"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed(r"connect _netif\n", "connect _mclock\n")), "of the code"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed("OS.Main.run", "ignore")), "of the prelude"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"let \(\) = Printexc.*\n")), "is missing"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed("let time = ", "let () = exit 1\n\nlet time = ")), "devices"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _changed("let pclock = ", "let lazy _ = key\n\nlet pclock = ")), "eager"),
    (t.faithful, lambda: tampered(NETWORKED, "Makefile", _changed(r"\$\(DUNE\) build", "rm -rf /")), "targets of make"),
    (t.faithful, lambda: tampered(NETWORKED, "Makefile", _changed("tcpip<3.6.0", "tcpip<3.7.0")), "targets of make"),
    (t.faithful, lambda: tampered(NETWORKED, "Makefile", _changed("break", "true")), "targets of make"),
    (t.faithful, lambda: tampered(NETWORK.plan(target="xen"), "link.sh", _without("set -eu")), "files of devices"),
    (t.opam_parses, lambda: tampered(NETWORKED, OPAM, _changed(r"opam-version:", "opam-version:~")), "opam: line"),
    (t.opam_parses, lambda: tampered(NETWORKED, OPAM, _changed(r"depends: \[", "depends: [>= ")), "opam: line"),
    (t.opam_parses, lambda: tampered(NETWORKED, OPAM, _changed(r"build & >=", "build & ?=")), "opam: line"),
    (t.opam_parses, lambda: tampered(NETWORKED, OPAM, _changed('"lwt"', '"l wt"')), "is not a package name"),
    (t.opam_parses, lambda: tampered(NETWORKED, OPAM, _changed('"1.1.0"', '"1 1"')), "is not a version"),
    (t.dune_parses, lambda: tampered(NETWORKED, "dune", _changed(r"\(library", "(librarium")), "knows no stanza librarium"),
    (t.dune_parses, lambda: tampered(NETWORKED, "dune-project", lambda _: "(lang dune xyz)\n"), "lang dune"),
    (t.make_parses, lambda: tampered(NETWORKED, "Makefile", lambda _: "what is this\n"), "not a line of a Makefile"),
    (t.make_parses, lambda: tampered(NETWORKED, "Makefile", _without(r"clean::\n.*\n")), "no target clean"),
    (t.make_parses, lambda: tampered(NETWORKED, "Makefile", _without(r"\t.* clean --root .\n")), "it has no commands for clean"),
    (t.make_parses, lambda: tampered(NETWORKED, "Makefile", _changed("default: all", "default: clean")), "default goal"),
    (t.make_parses, lambda: tampered(NETWORKED, "Makefile", _changed(" all depend", " depend")), "a file of that name"),
    (t.faithful, lambda: tampered(NETWORKED, "key_gen.ml", _without(r"let net \(\) = .*\n")), "of the keys"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"  let __netif = .*\n")), "of the needs"),
    (t.faithful, lambda: tampered(NETWORKED, "main.ml", _without(r"\(Mclock\)")), "of the modules"),
    (t.deterministic, lambda: planned(Here()), "in another directory"),
    (t.deterministic, lambda: planned(Surroundings()), "without an environment"),
    (t.stable, lambda: planned(Shows() @ foreign("A", A)), "depends on names"),
    (t.stable, lambda: planned(Lists()), "names.txt depends on names"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("invariant", "make", "message"), BROKEN)
def test_an_invariant_that_is_broken_is_named(
    invariant: Callable[[Plan], None], make: Callable[[], Plan], message: str
) -> None:
    with pytest.raises(t.Violation, match=message):
        invariant(make())


def _renamed(**names: str) -> Callable[[str], str]:
    """Return the main.ml of a functor F applied to A, with other names for its value `g`, its module `G` or the value `a`."""

    def change(text: str) -> str:
        for old, new in names.items():
            text = re.sub(rf"\b(_*){old}\b", lambda found, new=new: found[1] + new, text)
        return text

    return change


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"a": "g"}, "g is defined twice"),
        ({"g": "_a"}, "share the variable _a"),
        ({"g": "B"}, "not the name of a value"),
        ({"g": "begin"}, "not the name of a value"),
        ({"a": "return"}, "hides what .* means"),
        ({"a": "run"}, "hides what .* means"),
        ({"a": "t"}, "hides what .* means"),
        ({"a": "x"}, "hides what the prelude means"),
        ({"G": "A"}, "hides that of"),
        ({"G": "F"}, "hides that of"),
        ({"G": "Lazy"}, "hides that of main.ml"),
        ({"G": "Key_gen"}, "hides that of"),
        ({"G": "Lwt"}, "hides that of"),
        ({"G": "List"}, "hides that of"),
        ({"G": "f1"}, "not the name of one"),
        ({"G": "É"}, "main.ml: line"),
    ],
)
def test_names_that_are_not_ocaml_not_unique_or_in_the_way_are_noticed(names: dict[str, str], message: str) -> None:
    code = "let _ = List.length [] in Lwt.return (Key_gen.port ())"
    plan = planned(Made(code) @ foreign("A", A))
    t.named(plan)
    with pytest.raises(t.Violation, match=message):
        t.named(tampered(plan, "main.ml", _renamed(**names)))


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


def test_keys_may_be_called_in_brackets() -> None:
    t.check(planned(Calls("return Key_gen.(port (), String.length port_t)")))


@pytest.mark.parametrize(
    ("module", "pattern", "other"),
    [
        (main_ml, r"let \(\) =\n  let t =.*", ""),
        (main_ml, r"    Lazy.force mirage_logs >>= fun _ ->\n", ""),
        (main_ml, r"    Lazy.force mirage\n", "    Lazy.force noop\n"),
        (main_ml, r"  __netif >>= fun _netif ->\n", ""),
        (main_ml, r"Unikernel_main.start _stackv4", "return ()"),
        (key_gen, r"8080", "9090"),
        (key_gen, r"combine \[[^\]]*\]", "combine []"),
        (opam_file, r"build: \[[^\]]*\]", 'build: ["rm" "-rf" "/"]'),
        (dune, r"  lwt\n", "  lwt\n  nocrypto\n"),
        (dune, r"\(library\n", "(executible\n"),
        (make, r".*", "what is this"),
    ],
)
@pytest.mark.parametrize("target", ["unix", "xen", "hvt"])
def test_an_emitter_that_errs_each_time_is_noticed(
    module: Any, pattern: str, other: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def erring(info: Info) -> Any:
        made = text(info) if module is make else "".join(piece.text for piece in text(info))
        changed = re.sub(pattern, other, made, count=1, flags=re.DOTALL)
        return changed if module is make else [Piece(changed, getattr(info, "info", info).root)]

    where, name = (module, "_text" if module is make else "_pieces")
    if module is main_ml:
        where, name = main_ml.MainModule, "pieces"
    text = getattr(where, name)
    monkeypatch.setattr(where, name, erring)
    with pytest.raises(t.Violation):
        t.check(NETWORK.plan(target=target))


@pytest.mark.parametrize("file", sorted(NETWORKED.files()))
def test_no_line_of_an_emitted_file_can_be_lost(file: str) -> None:
    lines = NETWORKED.files()[file].splitlines(keepends=True)
    for at, line in enumerate(lines):
        if line.strip() and not line.startswith(("#", "(*", ";", "-include", "export")):
            changed = "".join(lines[:at] + lines[at + 1 :])
            with pytest.raises(t.Violation):
                t.check(tampered(NETWORKED, file, lambda _, changed=changed: changed))  # type: ignore[misc]  # as inferred


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


# The readers of emitted files

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
        (sexps.read, '"\\q"', "not an escape"),
        (sexps.stanzas, "()", "not a stanza"),
        (opam.read, "a: [", "is not a value"),
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


TOKENS = re.compile(r"\w+|[^\w\s]|\s+")


@settings(FAST, max_examples=300)
@given(st.data())
def test_what_is_wrong_in_a_file_is_a_violation_and_no_other_error(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(NETWORKED.files())))
    found = TOKENS.findall(NETWORKED.files()[name])
    at, length = data.draw(st.integers(0, len(found) - 1)), data.draw(st.integers(0, 8))
    cut = data.draw(st.sampled_from([len(found), at + length]))
    changed = "".join([*found[:at], data.draw(st.sampled_from(["", "let", *PIECES])), *found[cut:]])
    if changed == NETWORKED.files()[name]:
        return
    for invariant in t.INVARIANTS:
        with suppress(t.Violation):
            invariant(tampered(NETWORKED, name, lambda _: changed))


PIECES = [*'~:[]{}()"&|!?= a1-+#\n,*\\', ">=", "<", "!=", '"x"', "build", "a:b:c", "?=", ":=", '"""', "é", "1a"]


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Draw an emitted opam file with a few changes."""
    changed = NETWORKED.files()[OPAM]
    for _ in range(draw(st.integers(1, 3))):
        at, length = draw(st.integers(0, len(changed) - 1)), draw(st.integers(0, 4))
        changed = changed[:at] + draw(st.sampled_from(["", *PIECES])) + changed[at + length :]
    return changed


@settings(FAST, max_examples=400)
@given(mutations())
def test_what_is_read_as_opam_is_opam_by_the_whole_grammar(changed: str) -> None:
    pytest.importorskip("lark", reason="lark not installed: pip install functoria[audit]")
    try:
        opam.read(changed)
    except SyntaxFault:
        return
    opamfile.parse(changed)


def test_what_is_taken_for_an_opam_file_opam_takes(tmp_path: Path) -> None:
    need("opam")
    taken: list[Path] = []

    @settings(FAST, max_examples=400)
    @given(mutations())
    def collect(changed: str) -> None:
        try:
            if changed != NETWORKED.files()[OPAM]:
                t.opam_parses(tampered(NETWORKED, OPAM, lambda _: changed))
        except t.Violation:
            return
        taken.append(tmp_path / f"{len(taken)}.opam")
        taken[-1].write_text(changed)

    collect()
    assert len(taken) > 20
    verdicts = run("opam", "lint", *taken, check=False).stdout
    assert not re.findall("error .*", verdicts)


def test_stanzas_are_those_that_dune_knows(tmp_path: Path) -> None:
    need("dune")
    later = {"mdx", "cram", "vendored_dirs", "toplevel", "executible", "coq.theory", "rocq"}
    for name in sexps.STANZAS | later:
        (tmp_path / "dune-project").write_text("(lang dune 1.1)\n" + "(using menhir 1.0)\n" * (name == "menhir"))
        (tmp_path / "dune").write_text(f"({name})\n")
        said = run("dune", "build", "--root", tmp_path, check=False).stderr
        assert ("only available since" in said or "Unknown constructor" in said) == (name in later), (name, said)


@pytest.mark.parametrize("target", ["unix", "hvt"])
def test_recipes_are_those_that_make_runs(target: str, tmp_path: Path) -> None:
    need("make")
    plan = NETWORK.plan(target=target)
    plan.write(tmp_path)
    found = makefile(plan.files()["Makefile"])
    for name in sorted(TARGETS):
        shown = run("make", "-n", name, cwd=tmp_path).stdout
        recipe = [word for need in (*found.rules[name].needs, name) for word in found.rules[need].recipe]
        for variable, value in found.variables.items():
            recipe = [word.removeprefix("@").replace(f"$({variable})", value) for word in recipe]
        assert list(words(shown.replace("\\\n", " "))) == recipe


# The guide


def blocks() -> Iterator[tuple[str, str]]:
    guide = (ROOT / "docs" / "testing.md").read_text()
    for number, match in enumerate(re.finditer(r"```python\n(?:# (\w+\.py)\n)?(.*?)```", guide, re.DOTALL)):
        yield match.group(1) or f"test_block_{number}.py", match.group(2)


@pytest.mark.filterwarnings("ignore")
def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "config", raising=False)
    registration.register()  # Hypothesis does this itself if the library is installed
    ran = []
    for name, code in blocks():
        (tmp_path / name).write_text(code)
        module = runpy.run_path(str(tmp_path / name), run_name=name.removesuffix(".py"))
        for test in [value for key, value in module.items() if key.startswith("test_")]:
            test()
            ran.append(test.__name__)
    sys.modules.pop("config", None)
    assert len(ran) >= 8
