"""Code of a device is translated to Python that generates the same under any names, or is refused at its place."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import FunctoriaError
from functoria.cli.config import load
from functoria.ocaml.translate import translate
from tests.ocaml_configurations.test_recorded import outcome

HEADS = {
    "3.3": """open Mirage
type cell = Cell
let cell = Type Cell
let dev a b =
  impl (object
    inherit base_configurable
    method ty = a
    method name = b
    method module_name = "Dev.Make"
    method! connect = fun i m vs -> CODE
    method! deps = [ abstract default_time; abstract default_random ]
  end)
""",
    "4.11": """open Mirage
type cell = Cell
let cell = typ Cell
let dev a b =
  impl ~extra_deps:[ dep default_network; dep (block_of_file "x") ]
    ~connect:(fun i m vs -> CODE) b a
""",
}
TAILS = {
    "3.3": """let other = dev cell "second"
let first = dev cell "first"
let () = register "x" [ foreign "Unikernel.Main" (cell @-> cell @-> job) $ first $ other ]
""",
    "4.11": """let other = dev cell "Dev.Make"
let first = dev cell "Dev"
let () = register "x-y" [ main "Unikernel.Main" (cell @-> cell @-> job) $ first $ other ]
""",
}
texts = st.deferred(lambda: st.one_of(leaves, joined, looked))
leaves = st.sampled_from(
    ["m", "(List.hd vs)", "(List.nth vs 1)", "(Info.name i)", '"x"', '"\\"{}\\\\\\n"', '"Dev"', '"m"']
)
numbers = st.one_of(
    texts.map("(String.length {})".format),
    st.tuples(texts, texts).map(lambda two: f"(compare {two[0]} {two[1]})"),
    texts.map("(List.length [ {}; m ])".format),
    st.just("(List.length vs)"),
)
conditions = st.one_of(
    st.tuples(texts, st.sampled_from(["=", "<>", "<", ">=", "==", "!="]), texts).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    ),
    texts.map("(List.mem {} vs)".format),
    texts.map("(String.contains {} 'a')".format),
    texts.map("(String.equal m {})".format),
    texts.map("(List.exists (fun x -> x = {}) vs)".format),
    texts.map("((Some {}) = Some m)".format),
    texts.map("((1, {}) = (1, m))".format),
    texts.map("(List.assoc_opt {} [ (m, 1) ] = None)".format),
    texts.map("(int_of_string_opt {} = None)".format),
    texts.map("([ {} ] = vs)".format),
)
joined = st.one_of(
    st.tuples(texts, texts).map(lambda two: f"({two[0]} ^ {two[1]})"),
    st.tuples(texts, texts, texts).map(lambda t: f"(String.concat {t[0]} [ {t[1]}; {t[2]} ])"),
    st.tuples(texts, texts).map(lambda two: f'(Printf.sprintf "<%s|%S>" {two[0]} {two[1]})'),
    st.tuples(texts, texts).map(lambda two: f'(Fmt.str "@[%s@ %s@]" {two[0]} {two[1]})'),
    st.tuples(texts, texts).map(lambda two: f'(Fmt.str "%a%a" Fmt.string {two[0]} Fmt.(quote string) {two[1]})'),
    texts.map('(Fmt.str "%a" Fmt.(list ~sep:(any ", ") string) ({} :: vs))'.format),
    texts.map("(match {} with s -> s ^ s)".format),
    texts.map("(fst ({}, m))".format),
    texts.map('(let go s = s ^ "!" in go {})'.format),
)
looked = st.one_of(
    texts.map("(String.uppercase_ascii {})".format),
    texts.map("(String.capitalize_ascii {})".format),
    texts.map("(String.lowercase_ascii {})".format),
    texts.map("(String.sub {} 0 1)".format),
    texts.map("(String.trim {})".format),
    texts.map("(String.escaped {})".format),
    texts.map('(Printf.sprintf "%-12s|" {})'.format),
    st.tuples(texts, texts).map(lambda two: f'(Fmt.str "%s@[<v 2>%s@,x@]" {two[0]} {two[1]})'),
    texts.map("(String.concat \"-\" (String.split_on_char '_' {}))".format),
    texts.map('(String.concat "" (List.sort compare [ {}; m ]))'.format),
    texts.map("(max {} m)".format),
    texts.map('(match {} with "x" -> "a" | "Dev" -> "b" | s -> s)'.format),
    texts.map("(String.map (fun c -> c) {})".format),
    numbers.map("(string_of_int {})".format),
    st.tuples(conditions, texts, texts).map(lambda t: f"(if {t[0]} then {t[1]} else {t[2]})"),
)


@pytest.mark.parametrize("release", ["3.3", "4.11"])
@settings(max_examples=60, deadline=None)
@given(text=texts)
def test_code_is_translated_for_any_names_or_refused(release: str, text: str) -> None:
    code = f'"return " ^ {text}' if release == "3.3" else f'code ~pos:__POS__ "return %s" {text}'
    source = HEADS[release].replace("CODE", code) + TAILS[release]
    lines = source.split("\n")
    device = range(
        lines.index("let dev a b =") + 1, next(n for n, line in enumerate(lines) if "fun i m vs" in line) + 2
    )
    with TemporaryDirectory() as folder:
        ml, py = Path(folder) / "config.ml", Path(folder) / "config.py"
        ml.write_text(source)
        said, refusal = _translated(ml, release)
        if refusal is not None:
            place = refusal.locations[0]
            assert (refusal.placed, place.file, place.line in device) == (True, str(ml), True), refusal
            return
        py.write_text(said)
        ours, theirs = load(py), load(ml)
        for target in ("unix", "hvt"):
            assert outcome(ours, target) == outcome(theirs, target), said


def _translated(ml: Path, release: str) -> tuple[str, FunctoriaError | None]:
    try:
        return translate(ml, release=release), None
    except FunctoriaError as error:
        return "", error
