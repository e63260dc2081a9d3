"""Build settings for a unikernel's own modules, with the real dune: membership, preprocessors, stanzas, libraries, -b."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mirage_devices
from functoria import App, Impl, Job, foreign, job, package, staged_pps, stanzas
from functoria.project.build import build
from mirage_devices import v4
from tests.emit import cross
from tests.ocaml_runtime import Runtime
from tests.project.test_own_sources import lay
from tests.quick_builds import KEPT
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
  Printf.printf "%d %s %s %s %d %s %d %d %s\\n%!" (Sums.sum "1+2") later [%word] Helper.text (Counted.count "a b")
    Made.text (own_c ()) Given.text More.text;
  Lwt.return ()
""".replace("let start", 'external own_c : unit -> int = "own_c"\nlet start', 1),
    "helper.ml": "let text = [%word]\n",
    "broken.ml": "let x : int = nothing\n",  # belongs to another unikernel
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
SAID = '45 later rewritten rewritten 2 from a template 7 1 a "b" %{c}\n'
IGNORED = "(ignored_subdirs (templates))"
WHERE = {"in place": ".", "below": "build", "beside": "../out"}


class Release(NamedTuple):
    """How applications of a release are made."""

    stubs: str
    """The field of a library for C code, in its version of dune's language."""
    result: str
    """The unikernel, which is called `own`."""

    def app(self, *jobs: Impl[Job], **more: Any) -> App:
        return (
            v4.register("own", list(jobs), src=None, **more)
            if self.is_4
            else mirage_devices.register("own", jobs, **more)
        )

    @property
    def is_4(self) -> bool:
        return "/" in self.result

    def main(self, *, libraries: list[str], **more: Any) -> Impl[Job]:
        if self.is_4:
            return v4.main("Unikernel", job, local_libs=libraries, **more)
        return foreign("Unikernel", job, libraries=libraries, **more)

    def files(self, files: dict[str, str]) -> dict[str, str]:
        # Without arguments, `start` of 3.3 is itself what the program runs.
        start = "let start ()" if self.is_4 else "let start"
        ignored = "(data_only_dirs templates)" if self.is_4 else IGNORED
        news = {"(STUBS)": self.stubs, "let start ()": start, IGNORED: ignored}
        for old, new in news.items():
            files = {name: text.replace(old, new) for name, text in files.items()}
        return files


RELEASES = {
    "3.3": Release("(c_names answer)", "own"),
    "4.11": Release("(foreign_stubs (language c) (names answer))", "dist/own"),
}


@pytest.fixture(params=RELEASES, scope="module")
def release(request: pytest.FixtureRequest) -> Release:
    return RELEASES[request.param]


@pytest.fixture(scope="module")
def libraries(release: Release, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The libraries of the tests, except those that real preprocessors are built with: these must be real."""
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
    for name, value in {**libraries.variables, **KEPT}.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    lay(home, release.files({**LIBRARIES, **FILES}))
    unikernel = release.main(
        libraries=["sums", "later"],
        packages=[LWT_PPX],
        preprocess=["lwt_ppx", "ppx_words"],
        modules=["Helper", "Counted", "Made"],
        deps=[stanzas('(rule (targets given.ml) (action (write-file given.ml "let text = 1\\n")))')],
        stanzas=[
            ("rule", ("targets", "more.ml"), ("action", ("write-file", "more.ml", 'let text = {|a "b" %{c}|}\n')))
        ],
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
    """Build settings to try, and the files beside the configuration."""

    modules: list[str] | None
    all_modules: list[str] | None
    preprocess: Any
    all_preprocess: Any
    libraries: list[str]
    stanzas: list[Any]
    user: list[str] | None
    as_dependency: bool
    where: str

    def expected(self) -> set[str]:
        """Return the modules that the unikernel consists of, without generated ones."""
        user = self.user or []
        there = {"Helper", "Counted", "Broken", "Inner", "Unikernel", *["Made"][: MADE in user]}
        if self.modules is not None or self.all_modules is not None:
            there &= {"Unikernel", *(self.modules or ()), *(self.all_modules or ())}
        there -= {*["Inner"][: INNER in user], *["Broken"][: SPLIT in self.stanzas]}
        return there | {*["Given"][: GIVEN in self.stanzas], *["Other"][: OTHER in self.stanzas]}


GIVEN: Any = ("rule", ("targets", "given.ml"), ("action", ("write-file", "given.ml", 'let text = {|a "b" %{c}|}\n')))
OTHER = '(rule (targets other.ml) (action (with-stdout-to %{targets} (echo "let x = 1\\n"))))'
SPLIT = "(library (name split) (wrapped false) (modules broken))"
MADE = '(rule (targets made.ml) (action (write-file made.ml "let text = 1")))'
INNER = "(library (name inner) (modules inner))"
USER = [
    MADE,
    INNER,
    "(ocamllex counted)",
    "(rule (targets listed.txt) (deps (glob_files templates/*)) (action (with-stdout-to %{targets} (echo %{deps}))))",
    IGNORED,
    "(env (_ (flags (:standard -w -32))))",
    "; nothing but a comment",
]
WORDS = st.sampled_from([[], ["lwt_ppx"], ["ppx_words"], ["lwt_ppx", "ppx_words"], staged_pps("lwt_ppx")])
MODULES = st.none() | st.lists(st.sampled_from(["Helper", "Counted", "Inner"]), unique=True)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    user = draw(st.none() | st.lists(st.sampled_from(USER), unique=True))
    libraries = draw(st.lists(st.sampled_from(["sums", "answers", "later", "words"]), unique=True))
    libraries += ["inner"] if INNER in (user or ()) else []
    return Case(
        draw(MODULES),
        draw(MODULES),
        draw(WORDS),
        draw(WORDS),
        libraries,
        draw(st.lists(st.sampled_from([GIVEN, OTHER, SPLIT]), unique_by=str)),
        user,
        draw(st.booleans()),
        draw(st.sampled_from(sorted(WHERE))),
    )


def dune(project: Path, libraries: Runtime, *words: str) -> str:
    """Return dune's output; it must not report a problem."""
    done = run("dune", *words, "--root", ".", cwd=project, check=False, **libraries.variables, **KEPT)
    complaints = [line for line in done.stderr.splitlines() if not line.startswith(("Entering", "Leaving"))]
    assert (done.returncode, complaints) == (0, [])
    return done.stdout


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_dune_takes_any_combination(
    release: Release, libraries: Runtime, case: Case, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The unikernel has the given modules, and dune has rules for it that refer only to what exists."""
    home = tmp_path_factory.mktemp("case") / "home"
    beside = {name: text for name, text in FILES.items() if name not in ("dune.user", "own.c")}
    beside |= {**LIBRARIES, "inner.ml": "let x = 1\n", "unikernel.ml": "let start () = Lwt.return ()\n"}
    beside["helper.ml"] = 'let text = "helper"\n'
    if case.user is not None:
        beside["dune.user"] = "\n".join(case.user) + "\n"
    lay(home, release.files(beside))
    unikernel = release.main(
        libraries=case.libraries,
        packages=[LWT_PPX],
        modules=case.modules,
        preprocess=case.preprocess,
        deps=[stanzas(*case.stanzas)] if case.as_dependency else [],
    )
    more = [] if case.as_dependency else case.stanzas
    app = release.app(unikernel, modules=case.all_modules, preprocess=case.all_preprocess, stanzas=more)
    project = home / WHERE[case.where]
    app.plan(target="unix").write(project, sources=home)
    described = dune(project, libraries, "describe", "workspace")
    kind = r"\(executables\s+\(\(names \(main\)\)" if release.is_4 else r"\(library\s+\(\(name unikernel_objects\)"
    (own,) = [part for part in re.split(r"\n \(?(?=\()|^\((?=\()", described) if re.match(kind, part)]
    found = set(re.findall(r"\(\(name ([A-Z]\w*)\)", own)) - {"Main", "Key_gen", "Dune__exe", "Unikernel_objects"}
    assert found == case.expected()
    dune(project, libraries, "rules", "main.exe" if release.is_4 else "unikernel_objects.cmxa")


@pytest.mark.parametrize(
    "release", [RELEASES["4.11"]], scope="module"
)  # for 3.3, a stand-in can only link what runs on unix
def test_what_preprocesses_runs_where_it_is_built_for_other_systems(
    libraries: Runtime, release: Release, tmp_path: Path
) -> None:
    """Uses the stand-in for the toolchain, which links a program of the building machine."""
    home = tmp_path / "home"
    lay(home, release.files({**LIBRARIES, **FILES, "unikernel.ml": "let start () = ignore [%word]; Lwt.return ()\n"}))
    app = release.app(release.main(libraries=["later"], packages=[LWT_PPX], preprocess=["ppx_words"], modules=[]))
    for target in ("hvt", "unikraft-qemu"):
        project = tmp_path / target
        app.plan(target=target).write(project, sources=home)
        done = run(
            "dune", "build", "--root", ".", "./dist", cwd=project, **cross.variables(libraries, tmp_path / "cross")
        )
        assert done.stdout == ""
        assert list((project / "dist").glob("own.*"))


def test_modules_of_subdirectories_belong_to_it_where_dune_user_says_so(runtime: Runtime, tmp_path: Path) -> None:
    """In 3.3, because its projects have no dune file below."""
    home = tmp_path / "home"
    lay(home, {"unikernel.ml": "let start = Inner.start\n", "dune.user": "(include_subdirs unqualified)\n"})
    lay(home, {"deep/inner.ml": 'let start = print_endline "inner"; Lwt.return ()\n'})
    plan = mirage_devices.register("own", [foreign("Unikernel", job, modules=["Inner"])]).plan(target="unix")
    for project in (home, tmp_path / "out"):
        plan.write(project, sources=home)
        done = run("dune", "build", "--root", ".", cwd=project, **runtime.variables)
        assert (done.stdout + done.stderr, run(project / "own").stdout) == ("", "inner\n")
