"""What `functoria.testing` offers: its strategies draw what they say, and its invariants notice what they are for."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import functoria
import functoria.graph
from functoria import Bounds, Device, Info, Key, Plan, Type, TypeMismatch, Version, arg, foreign, job, package
from functoria import quote as quoting
from functoria import testing as t
from functoria.emit.main_ml import Names
from functoria.errors import InvalidName, InvalidValue, Undecided, UnknownKey
from functoria.sexp import Verbatim, stanza
from functoria.testing import invariants, ocaml, opam, registration, sexps
from functoria.testing.syntax import SyntaxFault
from mirage_devices import (
    TARGETS,
    block,
    block_of_xenstore_id,
    console,
    default_console,
    default_network,
    generic_stackv4,
    log_threshold,
    register,
    stackv4,
    target,
)

pytestmark = pytest.mark.filterwarnings("ignore:-g does nothing")
ROOT = Path(__file__).parents[1]
FAST = settings(
    derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
port = Key.opt("port", arg.int, default=8080)
NETWORK = register(
    "network", [foreign("Unikernel.Main", stackv4 >> job, keys=[port]) @ generic_stackv4(default_network)]
)
SMALL = functoria.register("small", [foreign("Main", job)])


class _FoundError(Exception):
    pass


def simplest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool] = lambda _: True) -> Any:
    found: list[Any] = []

    @FAST
    @given(strategy)
    def fails(value: Any) -> None:
        if condition(value):
            found.append(value)
            raise _FoundError

    with pytest.raises(_FoundError):
        fails()
    return found[-1]


def drawn(strategy: st.SearchStrategy[Any], count: int = 200) -> list[Any]:
    found: list[Any] = []

    @settings(FAST, max_examples=count)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


# Strategies for the parts of the core.


def test_simplest_examples_are_simple() -> None:
    assert simplest(t.versions()) == Version("0")
    assert simplest(t.bounds()) == Bounds()
    assert simplest(t.packages()) == package("a")
    assert simplest(t.keys()) == Key.flag("a")
    assert simplest(t.module_paths()) == "A"
    assert simplest(t.contexts(NETWORK)) == {}


@FAST
@given(t.bounds(), t.versions())
def test_bounds_admit_their_minimum(bounds: Bounds, version: Version) -> None:
    assert not bounds.empty
    assert bounds.min is None or bounds.min in bounds
    assert bounds.max is None or bounds.max not in bounds
    assert (version in bounds) == (not (Bounds(version) & bounds).empty and not (bounds.min or version) > version)


@FAST
@given(t.packages(), st.data())
def test_packages_hold_what_was_asked(found: Any, data: st.DataObject) -> None:
    assert found.pin is None or found.bounds == Bounds()
    other = data.draw(t.packages(st.just("x"), st.just(Bounds("1.0")), pinned=False))
    assert (other.name, other.pin, str(other.min)) == ("x", None, "1.0")


@FAST
@given(t.keys(), st.data())
def test_a_key_accepts_its_values(key: Key[Any], data: st.DataObject) -> None:
    value = data.draw(t.values_of(key))
    assert key.accept(value) == value
    assert key.kind != "opt" or key.accept(key.default) == key.default


def test_all_kinds_and_stages_of_keys_are_drawn() -> None:
    found = drawn(t.keys())
    assert {key.kind for key in found} == {"opt", "flag", "required"}
    assert {key.stage for key in found} == {"configure", "run", "both"}


@FAST
@given(t.values_of(log_threshold))
def test_values_of_a_custom_converter_are_read_back(value: Any) -> None:
    assert log_threshold.parse(log_threshold.print(value)) == value


def test_values_of_the_target_are_all_targets() -> None:
    assert set(drawn(t.values_of(target))) == set(TARGETS)


def test_values_that_are_not_known_are_asked_for() -> None:
    converter = arg.custom("a b", runtime="b", parse=str.strip, literal=str)
    with pytest.raises(InvalidValue, match="give a strategy"):
        t.values_of(converter)
    assert set(drawn(t.values_of(Key.opt("b", converter, default="x")))) == {"x"}


@FAST
@given(t.values([port]), t.conditions([port]))
def test_values_are_of_the_keys_given(value: Any, condition: Any) -> None:
    assert set(value.keys) | set(condition.keys) <= {port}
    assert condition.evaluate(lambda key: key.default) in (True, False)


# Contexts.


def test_contexts_are_accepted_and_reach_every_target_and_key() -> None:
    found = drawn(t.contexts(NETWORK), 300)
    plans = [NETWORK.plan(context) for context in found]
    assert {plan.values["target"] for plan in plans} == set(TARGETS)
    assert {name for context in found for name in context} == set(NETWORK.keys_by_name)
    assert {plan.values["net"] for plan in plans} == {"direct", "socket"}


def test_contexts_shrink_to_what_matters() -> None:
    app = register("small", [foreign("Unikernel.Main", console >> job, keys=[port]) @ default_console])
    assert simplest(t.contexts(app), lambda context: context.get("target") == "qubes") == {"target": "qubes"}
    assert simplest(t.contexts(app), lambda context: context.get("port", 0) > 8080) == {"port": 8081}


def test_contexts_of_what_runs_on_few_targets_are_found() -> None:
    app = register("disk", [foreign("Unikernel.Main", block >> job) @ block_of_xenstore_id("51712")])
    assert {context["target"] for context in drawn(t.contexts(app))} == {"xen", "qubes"}


def test_contexts_hold_required_keys_and_those_given() -> None:
    needed = Key.required("needed", arg.int, stage="configure")
    app = functoria.register(
        "x", [foreign("Main", job, keys=[needed, port, Key.opt("boot", arg.int, default=1, stage="run")])]
    )
    for context in drawn(t.contexts(app, {port: st.just(80)})):
        assert {"needed", "port"} <= set(context) <= {"needed", "port"}
        assert context["port"] == 80
        assert app.plan(context).values["port"] == 80
    with pytest.raises(UnknownKey):
        t.contexts(app, prot=st.just(80))


def test_text_that_a_file_cannot_say_is_not_drawn() -> None:
    wrong = {"target": "xen", "interface": "a\\b"}
    with pytest.raises(InvalidName):
        NETWORK.plan(wrong).files()
    assert not t.supported(NETWORK, wrong)
    assert t.supported(NETWORK, {**wrong, "target": "hvt"})


def test_contexts_leave_errors_to_be_seen() -> None:
    class Fails(Device[Any]):
        type = job
        module = "Fails"

        def configure(self, info: Info) -> None:
            raise Undecided("as it is")

    app = functoria.register("x", [Fails()])
    assert simplest(t.contexts(app)) == {}
    assert t.supported(app, {})


# Terms.

A, B = (Type[Any](name) for name in "ab")


def test_terms_are_of_the_type_asked() -> None:
    of_functor: Any = functoria.functor([A >> B], job)
    devices: list[Any] = [foreign("A", A), foreign("F", A >> B), foreign("G", A >> A), foreign("H", of_functor)]
    for wanted in (A, B, job, A >> B):
        for term in drawn(t.terms(devices, wanted), 40):
            assert term.signature == wanted
    assert {len(functoria.register("x", [term]).plan().devices) for term in drawn(t.terms(devices, job), 40)} == {3}


def test_terms_that_cannot_be_made_say_why() -> None:
    with pytest.raises(TypeMismatch, match="nothing makes a"):
        t.terms([foreign("F", A >> B)], B)
    with pytest.raises(TypeMismatch, match="needs one of its kind"):
        t.terms([foreign("F", A >> A)], A)


def test_the_simplest_term_is_the_least() -> None:
    devices = [foreign("G", A >> A), foreign("A1", A), foreign("A2", A)]
    assert simplest(t.terms(devices, A)) == devices[1]
    pair: Any = foreign("P", A >> A >> job)
    assert simplest(t.terms([*devices, pair], job)) == pair @ devices[1] @ devices[1]


def test_terms_share_choose_and_construct() -> None:
    made = t.constructor(lambda inner, name: foreign(name, A, deps=[inner]), B >> A, t.module_paths())
    devices: list[Any] = [foreign("B", B), made]
    recipes = drawn(t.recipes(devices, A, conditions=t.conditions([port])))
    assert any(recipe.condition is not None for recipe in recipes)
    pair: Any = foreign("P", B >> B >> job)
    shared = drawn(t.recipes([t.constructor(foreign, B, t.module_paths(), st.just(B)), pair], job))
    assert {len(recipe.steps()) for recipe in shared} == {2, 3}


@FAST
@given(st.data())
def test_sets_of_devices_make_every_type(data: st.DataObject) -> None:
    devices = data.draw(t.device_sets())
    for wanted in t.common_types():
        assert data.draw(t.terms(devices, wanted, depth=2)).signature == wanted


# `from_type`, through Hypothesis's entry point.

_FROM_TYPE = """
from hypothesis import find, settings, strategies as st
import functoria
import functoria.graph
from functoria.errors import InvalidValue
simple = settings(database=None, derandomize=True)
for name in ("Version", "Bounds", "Package", "Key", "Value", "Type", "Device", "Impl"):
    cls = getattr(functoria, name)
    assert isinstance(find(st.from_type(cls), lambda _: True, settings=simple), cls), name
"""


def test_from_type_knows_the_core(tmp_path: Path) -> None:
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["hypothesis"]
    info = tmp_path / "functoria_checked-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: functoria-checked\nVersion: 1\n")
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[hypothesis]", *lines, ""]))
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", _FROM_TYPE],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_library_itself_does_without_hypothesis() -> None:
    code = (
        "import sys, mirage_devices, functoria.cli; mirage_devices.register('x', []).plan().files(); "
        "print('hypothesis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Invariants: each notices what it is for.


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
