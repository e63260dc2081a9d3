"""Programs nested too deeply are refused at their own line, and never fail with one of Python's own errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria import FunctoriaError
from functoria.ocaml import loads
from functoria.ocaml.translate import translate

HEAD = "(* mirage >= 4.11.0 & < 4.12.0 *)\nopen Mirage\n\n"
TAIL = '\nlet () = register "x" [ noop ]\n'
FORMS = {
    "parentheses": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "tuples": ("(1, ", "1", ")"),
    "texts that are joined": ('"a" ^ ', '"b"', ""),
    "sums": ("1 + ", "1", ""),
    "lists that are made": ("1 :: ", "[]", ""),
    "conditions": ("if true then 1 else ", "1", ""),
    "functions": ("fun x -> ", "1", ""),
    "cases": ("match 1 with _ -> ", "1", ""),
    "constructors": ("Some (", "1", ")"),
    "variants": ("`A (", "1", ")"),
    "calls": ("string_of_int (", "1", ")"),
    "types of functors": ("network @-> ", "job", ""),
    "annotations": ("(", "1", " : int)"),
    "lazy values": ("lazy (", "1", ")"),
    "objects": ("object method a = ", "1", " end"),
    "local modules": ("Key.(", "1", ")"),
    "negations": ("- ", "1", ""),
}


def refusal(body: str, file: str = "/nowhere/config.ml") -> FunctoriaError:
    with pytest.raises(FunctoriaError, match="nested too deeply") as caught:
        loads(HEAD + body + TAIL, file, environment={})
    assert caught.value.locations[0].file == file
    return caught.value


@pytest.mark.parametrize("what", FORMS)
@pytest.mark.parametrize("depth", [10_000, 60_000])
def test_is_refused_at_its_line(what: str, depth: int) -> None:
    before, middle, after = FORMS[what]
    deep = before * depth + middle + after * depth
    assert refusal(f"let a = 1\nlet b =\n  let c =\n    {deep} in c\n").locations[0].line == 7


@pytest.mark.parametrize("what", ["parentheses", "texts that are joined", "lists"])
def test_is_refused_inside_of_itself_where_it_has_many_lines(what: str) -> None:
    before, middle, after = FORMS[what]
    deep = f"{before}\n" * 10_000 + middle + f"\n{after}" * 10_000
    assert 5 <= refusal(f"let a = 1\nlet b = {deep}\n").locations[0].line < 10_005


@pytest.mark.parametrize("body", ["let rec f n = 1 + f (n + 1)", "let rec f n = g n\nand g n = 1 + f n"])
def test_what_calls_itself_for_ever_is_refused_where_it_does(body: str) -> None:
    assert refusal(f"{body}\nlet a = f 1\n").locations[0].line in range(4, 4 + body.count("\n") + 1)


def test_a_translation_refuses_it_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text(HEAD + "let a = " + "(" * 10_000 + "1" + ")" * 10_000 + TAIL)
    with pytest.raises(FunctoriaError, match="nested too deeply") as caught:
        translate(tmp_path / "config.ml")
    assert caught.value.locations[0].line == 4


def test_what_is_long_is_not_deep() -> None:
    texts = "; ".join(['"a"'] * 10_000)
    items = "".join(f"let a{n} = a{n - 1} + 1\n" for n in range(1, 3_000))
    steps = "(); " * 10_000
    app = loads(
        f"{HEAD}let b = String.concat {chr(34)}{chr(34)} [ {texts} ]\nlet a0 = 0\n{items}let () = {steps}(){TAIL}"
    )
    assert app.title == "x"
