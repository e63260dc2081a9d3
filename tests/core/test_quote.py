"""Text from users is unchanged in each language of the emitted files, or is refused.

The readers here share no code with the library: tree-sitter reads OCaml, and a few lines read dune and opam. The real
OCaml, opam, dune, make and sh read samples back.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria import quote
from functoria.errors import InvalidName
from tests.texts import (
    batches,
    examples,
    lines,
    lone,
    ocaml_strings,
    refused,
    texts,
    tokens,
)
from tests.tools import need, run


@given(texts)
@examples(200)
def test_ocaml_reads_a_literal_back(text: str) -> None:
    assert ocaml_strings(f"let x = {quote.ocaml(text)}") == [text]


@given(st.lists(texts, min_size=60, max_size=60))
@batches(5)
def test_the_real_ocaml_reads_literals_back(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("ocaml")
    program = tmp_path_factory.mktemp("ocaml") / "strings.ml"
    items = ";\n".join(map(quote.ocaml, many))
    show = 'let () = List.iter (fun s -> String.iter (fun c -> Printf.printf "%02x" (Char.code c)) s; print_newline ())'
    program.write_bytes(f"{show} [\n{items}]\n".encode())
    run("ocamlc", "-stop-after", "parsing", "-impl", program)
    printed = run("ocaml", "-w", "+a", program).stdout.split("\n")[:-1]
    assert [bytes.fromhex(line).decode() for line in printed] == many


@pytest.mark.parametrize("say", [quote.ocaml, quote.opam, quote.dune, quote.make, quote.sh])
def test_what_is_no_text_is_refused(say: Any) -> None:
    with pytest.raises(InvalidName, match=r"5 is not text, which \w+ requires there"):
        say(5)


@given(texts)
@examples(200)
def test_cmdliner_reads_documentation_back(text: str) -> None:
    assert re.sub(r"\\([\\$])", r"\1", quote.cmdliner(text)) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", quote.cmdliner(text))


@given(texts)
@examples(200)
def test_opam_strings_read_back(text: str) -> None:
    assert tokens(quote.opam(text)) == [("string", text)]


@given(st.lists(lines.filter(str.strip), min_size=40, max_size=40))
@batches(5)
def test_the_real_opam_reads_strings_back(opam_root: Path, many: list[str]) -> None:
    # Each string is the URL of a pin and the name of an author; opam prints a list of authors joined by commas.
    authors = "".join(f"  {quote.opam(text)}\n" for text in many)
    file = opam_root / "strings.opam"
    file.write_text(
        f'opam-version: "2.0"\nname: "strings"\nmaintainer: "me"\nsynopsis: "Strings"\nauthors: [\n{authors}]\n'
    )
    options = ("--root", str(opam_root / "root"), "--just-file")
    shown = run("opam", "show", *options, "-f", "authors", file).stdout
    assert shown == ", ".join(many) + "\n"


@given(texts)
@examples(200)
def test_dune_strings_read_back(text: str) -> None:
    ((kind, read),) = tokens(quote.dune(text).replace("\\%{", "%{")) or [("", "")]
    assert read == text
    assert kind == "string" or not text.startswith(":")


@given(st.lists(texts, min_size=100, max_size=100))
@batches(3)
def test_the_real_dune_reads_strings_back(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("dune")
    directory = tmp_path_factory.mktemp("dune")
    rule = "(rule (targets out{0}) (action (with-stdout-to out{0} (echo {1}))))\n"
    (directory / "dune-project").write_text("(lang dune 1.1)\n")
    (directory / "dune").write_bytes("".join(rule.format(i, quote.dune(text)) for i, text in enumerate(many)).encode())
    targets = [f"out{i}" for i in range(len(many))]
    run("dune", "build", "--root", ".", *targets, cwd=directory)
    assert [(directory / "_build/default" / out).read_bytes().decode() for out in targets] == many


@given(st.lists(texts, min_size=100, max_size=100))
@batches(3)
def test_the_real_shell_reads_words_back(many: list[str]) -> None:
    sayable = [text for text in many if not refused(lambda text=text: quote.sh(text))]  # type: ignore[misc]  # its default binds it
    assert sayable == [text for text in many if "\0" not in text]
    script = f"printf '%s\\0' {' '.join(map(quote.sh, sayable))}"
    for shell in ("sh", "dash", "bash"):
        need(shell)
        printed = subprocess.run([shell, "-c", script], capture_output=True, check=True).stdout
        assert printed.decode().split("\0")[:-1] == sayable
    assert shlex.split(" ".join(map(quote.sh, sayable))) == sayable


@given(st.lists(texts, min_size=60, max_size=60))
@batches(5)
def test_the_real_make_reads_words_back(tmp_path_factory: pytest.TempPathFactory, many: list[str]) -> None:
    need("make")
    sayable = [text for text in many if not refused(lambda text=text: quote.make(quote.sh(text)))]  # type: ignore[misc]  # its default binds it
    assert sayable == [text for text in many if not set(text) & set("\0\r\n")]
    recipes = "".join(f"\t@printf '%s\\n' {quote.make(quote.sh(text))}\n" for text in sayable)
    makefile = tmp_path_factory.mktemp("make") / "Makefile"
    makefile.write_bytes(f"all:\n{recipes}".encode())
    assert run("make", "-s", "-f", makefile).stdout == "".join(f"{text}\n" for text in sayable)


@given(st.tuples(texts, lone, texts).map("".join))
@examples(100)
def test_no_language_says_a_lone_surrogate(text: str) -> None:
    for say in (quote.ocaml, quote.opam, quote.dune, quote.make, quote.sh):
        with pytest.raises(InvalidName):
            say(text)


@given(st.tuples(lines, st.sampled_from("\0\r\n"), lines).map("".join))
@examples(100)
def test_make_says_only_lines(text: str) -> None:
    with pytest.raises(InvalidName, match="line break or a zero byte, which make cannot express"):
        quote.make(text)
