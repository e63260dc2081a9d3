"""dune.user is read as dune reads included files: what dune refuses is refused when the project is written, at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from functoria import foreign, job, register
from functoria.errors import ConfigError
from functoria.sexp import faithful, parse, parse_stanzas, render
from tests.project.test_own_sources import lay
from tests.tools import need, run

STRINGS = r"""(rule (with-stdout-to out (echo "\| one "q" (( \n %{ocaml_version} \
   "\> two \n %{x} \
 "\|
	"\|  three \"
 "last;")))
"""
RIGHT = [
    "",
    "; (a comment\n",
    '(rule (with-stdout-to out (echo ";)"))) ; )\n',
    '(rule (with-stdout-to out (echo "a\\\n  b" x"y"z "" %{ocaml_version}")")))',
    STRINGS,
]
WRONG = {
    "(rule (targets x)": "(",
    "(rule\n (targets x))\n (": "(",
    "(rule (targets x)))": ")",
    '(rule\n  ; "(\n (echo "ä )))': '"',
    '; )\n (rule "x" "\n': '"',
    'rule (echo "x")': "rule",
    '(rule (with-stdout-to out (echo "")))\n\t"some text"': "some text",
    "()": "()",
    "\n\n  ((rule))": "((rule))",
}


def includes(directory: Path, text: str) -> tuple[int, str, str]:
    """Run dune on a project that includes `text`. Return its status, its output, and the content of `out` if it makes that."""
    lay(directory, {"dune-project": "(lang dune 2.9)\n", "dune": "(include dune.user)\n", "dune.user": text})
    done = run("dune", "build", "--root", ".", cwd=directory, check=False)
    made = directory / "_build/default/out"
    return done.returncode, done.stderr, made.read_text() if made.exists() else ""


@pytest.mark.parametrize("text", RIGHT)
def test_what_dune_takes_is_taken_and_means_the_same_where_it_is_written_again(text: str, tmp_path: Path) -> None:
    need("dune")
    status, said, made = includes(tmp_path / "own", text)
    assert (status, said) == (0, "")
    stanzas = parse_stanzas(text)
    assert stanzas == parse(text)
    again = "\n".join(map(render, faithful(text)))
    assert includes(tmp_path / "again", again) == (0, "", made)
    lay(tmp_path / "here", {"dune.user": text, "unikernel.ml": ""})
    plan = register("own", [foreign("Unikernel", job)]).plan()
    plan.write(tmp_path / "here")


@pytest.mark.parametrize("text", WRONG)
def test_what_dune_refuses_is_refused_at_its_place(text: str, tmp_path: Path) -> None:
    need("dune")
    status, said, _ = includes(tmp_path / "own", text)
    assert status == 1
    assert "dune.user" in said
    lay(tmp_path / "here", {"dune.user": text, "unikernel.ml": ""})
    plan = register("own", [foreign("Unikernel", job)]).plan()
    with pytest.raises(ConfigError, match=r"dune\.user is not what dune can include: this ") as error:
        plan.write(tmp_path / "here")
    (place,) = error.value.locations
    assert place.span is not None
    line = text.split("\n")[place.line - 1].encode()[place.span.column : place.span.end_column].decode()
    assert line.strip('"') == WRONG[text].strip('"')
    assert place.file == str(tmp_path / "here/dune.user")
    assert not (tmp_path / "here/dune").exists()


def test_a_text_of_stanzas_is_quoted_where_it_goes_wrong() -> None:
    for text, said in {
        "(rule (deps x)": r"'(rule (deps x)': this bracket is never closed",
        "(rule)\n (a))": "line 2, ')': this bracket closes nothing",
        '(rule "x)': "'\"x)' in '(rule \"x)': this string is never closed",
    }.items():
        with pytest.raises(ValueError, match=re.escape(f"stanzas of Unikernel: {said}")):
            foreign("Unikernel", job, stanzas=[text])
