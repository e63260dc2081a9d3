"""How a unikernel's own modules are built, by the real dune: which belong to it, preprocessors, stanzas, libraries, -b."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import functoria
import mirage_devices
from functoria import App, Impl, Job, foreign, job, package, staged_pps, stanzas
from functoria.errors import FileConflict, FunctoriaWarning, InvalidModule, InvalidName, InvalidValue, UnknownLibrary
from functoria.project.build import build
from mirage_devices import v4
from tests.ocaml_runtime import Runtime
from tests.project.test_own_sources import lay
from tests.tools import need, run

LWT_PPX = package("lwt_ppx", build=True)
PPX = """\
open Ppxlib
let expand ~ctxt = Ast_builder.Default.estring ~loc:(Expansion_context.Extension.extension_point_loc ctxt) "rewritten"
let extension = Extension.V3.declare "word" Extension.Context.expression Ast_pattern.(pstr nil) expand
let () = Driver.register_transformation ~rules:[Context_free.Rule.extension extension] "words"
"""
LIBRARIES = {
    # One with a lexer and a grammar, one with C code, one with a preprocessor, one that is a preprocessor.
    "libs/sums/dune": "(library (name sums) (libraries answers))\n(ocamllex lexer)\n(menhir (modules parser))\n",
    "libs/sums/lexer.mll": "{ open Parser }\nrule token = parse ['0'-'9']+ as n { INT (int_of_string n) } | '+' { PLUS }"
    " | eof { END }\n",
    "libs/sums/parser.mly": "%token <int> INT\n%token PLUS END\n%start <int> sum\n%%\n"
    "sum: all = separated_nonempty_list(PLUS, INT) END { List.fold_left (+) 0 all }\n",
    "libs/sums/sums.ml": "let sum text = Parser.sum Lexer.token (Lexing.from_string text) + Answers.answer ()\n",
    "libs/answers/dune": "(library (name answers) (STUBS))\n",
    "libs/answers/answers.ml": 'external answer : unit -> int = "the_answer"\n',
    "libs/answers/answer.c": "#include <caml/mlvalues.h>\nvalue the_answer(value unit) { return Val_int(42); }\n",
    "libs/later/dune": "(library (name later) (libraries lwt) (preprocess (pps lwt_ppx)))\n",
    "libs/later/later.ml": "let later x = let%lwt () = Lwt.return () in Lwt.return x\n",
    "libs/ppx_words/dune": "(library (name ppx_words) (kind ppx_rewriter) (libraries ppxlib) (ppx_runtime_libraries words))\n",
    "libs/ppx_words/ppx_words.ml": PPX,
    "libs/words/dune": "(library (name words))\n",
    "libs/words/words.ml": 'let known = "rewritten"\n',
}
FILES = {
    "unikernel.ml": """\
let start () =
  let%lwt later = Later.later "later" in
  Printf.printf "%d %s %s %s %d %s %d\\n%!" (Sums.sum "1+2") later [%word] Helper.text (Counted.count "a b")
    Made.text (own_c ());
  Lwt.return ()
""".replace("let start", 'external own_c : unit -> int = "own_c"\nlet start', 1),
    "helper.ml": "let text = [%word]\n",
    "broken.ml": "let x : int = nothing\n",  # of another unikernel
    "counted.mll": "rule skip n = parse ' ' { skip (n + 1) lexbuf } | [^ ' '] { skip n lexbuf } | eof { n }\n"
    "{ let count text = skip 1 (Lexing.from_string text) }\n",
    "own.c": "#include <caml/mlvalues.h>\nvalue own_c(value unit) { return Val_int(7); }\n",
    "templates/text.txt": "from a template",
    "dune.user": """\
(ocamllex counted)
(rule
 (targets made.ml)
 (deps templates/text.txt)
 (action (with-stdout-to made.ml (progn (echo "let text = \\"") (cat templates/text.txt) (echo "\\"\\n")))))
""",
}
SAID = "45 later rewritten rewritten 2 from a template 7\n"
WHERE = {"in place": ".", "below": "build", "beside": "../out"}


class Release(NamedTuple):
    """How a release's applications are made."""

    stubs: str
    """The field of a library for C code, in its version of dune's language."""
    result: str
    """The unikernel, which is called `own`."""

    def app(self, *jobs: Impl[Job], **more: Any) -> App:
        made = v4.register("own", list(jobs), src=None, **more) if self.is_4 else mirage_devices.register("own", jobs, **more)
        return made

    @property
    def is_4(self) -> bool:
        return "/" in self.result

    def main(self, *, libraries: list[str], **more: Any) -> Impl[Job]:
        if self.is_4:
            return v4.main("Unikernel", job, local_libs=libraries, **more)
        return foreign("Unikernel", job, libraries=libraries, **more)

    def files(self, files: dict[str, str]) -> dict[str, str]:
        # `start` of 3.3 is what the program runs unless it has arguments.
        start = "let start ()" if self.is_4 else "let start"
        return {name: text.replace("(STUBS)", self.stubs).replace("let start ()", start) for name, text in files.items()}


RELEASES = {
    "3.3": Release("(c_names answer)", "own"),
    "4.11": Release("(foreign_stubs (language c) (names answer))", "dist/own"),
}


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Release:
    return RELEASES[request.param]


@pytest.fixture
def libraries(release: Release, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The libraries of the tests, but for those that real preprocessors are made with: these must be the real ones."""
    need("menhir", "ocamlfind")
    found: Runtime = request.getfixturevalue("runtime4" if release.is_4 else "runtime")
    asked = run("ocamlfind", "query", "-recursive", "-format", "%p", "ppxlib", "lwt_ppx", check=False)
    if asked.returncode:
        reason = "lwt_ppx is not installed: `make test` as root on Debian installs it"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    real = {name.partition(".")[0] for name in asked.stdout.split()}
    prefix = tmp_path_factory.mktemp("libraries")
    for folder in ("lib", "bin"):
        (prefix / folder).mkdir()
        for each in (found.prefix / folder).iterdir() if (found.prefix / folder).is_dir() else ():
            if each.name not in real:
                (prefix / folder / each.name).symlink_to(each)
    return Runtime(prefix)


@pytest.mark.parametrize("where", WHERE)
def test_all_of_it_is_built_and_runs(
    release: Release, libraries: Runtime, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Local libraries with lexers, grammars, C code and preprocessors; preprocessors of packages and local ones."""
    for name, value in libraries.variables.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    lay(home, release.files({**LIBRARIES, **FILES}))
    unikernel = release.main(
        libraries=["sums", "later"],
        packages=[LWT_PPX],
        preprocess=["lwt_ppx", "ppx_words"],
        modules=["Helper", "Counted", "Made"],
    )
    plan = release.app(unikernel).plan(target="unix")
    project = home / WHERE[where]
    plan.write(project, sources=home)
    build(project, plan, config=home / "config.py")
    assert run(project / release.result).stdout == SAID
    assert plan.diff(project, sources=home) == []
    (home / "templates/text.txt").write_text("changed")
    build(project, plan, config=home / "config.py")
    assert run(project / release.result).stdout == SAID.replace("from a template", "changed")


class Case(NamedTuple):
    """A way of building: what is said of modules, preprocessing and stanzas, and what lies beside."""

    modules: list[str] | None
    all_modules: list[str] | None
    preprocess: Any
    all_preprocess: Any
    libraries: list[str]
    given: list[Any]
    user: list[str] | None
    dependency: bool
    below: bool


STANZAS: list[Any] = [
    ("rule", ("targets", "given.ml"), ("action", ("write-file", "given.ml", "let text = {|a \"b\" %{c}|}\n"))),
    '(rule (targets other.ml) (action (with-stdout-to %{targets} (echo "let x = 1\\n"))))',
    "(library (name split) (wrapped false) (modules broken))",
    "(alias (name own) (deps helper.ml))",
    "(install (section share) (files (helper.ml as \"x y.ml\")) (package mirage-unikernel-own-unix))",
]
USER = [
    "(ocamllex counted)",
    "(rule (targets made.ml) (action (write-file made.ml \"let text = {|made|}\")))",
    "(library (name inner) (modules inner) (libraries))",
    "(rule (alias own) (deps (glob_files templates/*)) (action (echo %{deps})))",
    "(data_only_dirs templates)",
    "(env (_ (flags (:standard -w -32))))",
    "; nothing but a comment",
]
WORDS = st.sampled_from([[], ["lwt_ppx"], ["ppx_words"], ["lwt_ppx", "ppx_words"], staged_pps("lwt_ppx")])
MODULES = st.none() | st.lists(st.sampled_from(["Helper", "Counted", "Inner"]), unique=True)
CASES = st.builds(
    Case,
    MODULES,
    MODULES,
    WORDS,
    WORDS,
    st.lists(st.sampled_from(["sums", "answers", "later", "words"]), unique=True),
    st.lists(st.sampled_from(STANZAS[:4]), unique_by=str),
    st.none() | st.lists(st.sampled_from(USER), unique=True),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=CASES)
def test_dune_reads_any_combination(
    release: Release, libraries: Runtime, case: Case, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is said together, each module is in one stanza, and dune finds all that is named."""
    home = tmp_path_factory.mktemp("case")
    beside = {**LIBRARIES, **FILES, "inner.ml": "let x = 1\n"}
    del beside["dune.user"]
    user = [text for text in case.user or () if release.is_4 or "data_only_dirs" not in text and "(alias own)" not in text]
    if case.user is not None:
        beside["dune.user"] = "\n".join(user)
    lay(home, release.files(beside))
    old = [text for text in case.given if not (release.is_4 and str(text).startswith("(alias"))]
    more: list[Any] = [stanzas(*old)] if case.dependency else []
    unikernel = release.main(
        libraries=case.libraries,
        packages=[LWT_PPX],
        modules=case.modules,
        preprocess=case.preprocess,
        deps=more,
    )
    given_ = [] if case.dependency else old
    app = release.app(
        unikernel, modules=case.all_modules, preprocess=case.all_preprocess, stanzas=given_
    )
    plan = app.plan(target="unix")
    project = home / "build" if case.below else home
    plan.write(project, sources=home)
    # Described are all stanzas; what they make of modules and of preprocessors is checked when rules are made.
    done = run("dune", "describe", "workspace", "--root", ".", cwd=project, check=False, **libraries.variables)
    text = "\n".join(line for line in done.stderr.splitlines() if not line.startswith("Entering"))
    assert (done.returncode, text) == (0, "")
    built = done.stdout
    assert ("broken" in _modules(built, "Broken")) == ("split" in str(old) or _takes_all(case))


def _modules(described: str, name: str) -> str:
    return name.lower() if f"(name {name})" in described else ""


def _takes_all(case: Case) -> bool:
    return case.modules is None and case.all_modules is None
