"""Any config.ml is read or refused with an error of this library, in bounded time."""

from __future__ import annotations

import re
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import FunctoriaError
from functoria.ocaml import loads
from tests import recorded_ml

FILES = [path.read_text() for release in recorded_ml.RELEASES for path in recorded_ml.files(release)]
TOKEN = re.compile(r"\s+|\"(?:[^\"\\]|\\.)*\"|\(\*.*?\*\)|[\w.`~?']+|[^\w\s]", re.DOTALL)
WORDS = sorted({word for text in FILES for word in TOKEN.findall(text) if word.strip()})


def tried(source: str | bytes) -> None:
    """Load `source`, and if it registers an application, plan it and make its files."""
    with suppress(FunctoriaError):
        loads(source, "/nowhere/config.ml", environment={}).plan(target="hvt").files()


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Yield the file with some tokens deleted, doubled, exchanged, or replaced by those of others."""
    tokens = TOKEN.findall(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(["delete", "double", "swap", "replace", "insert", "cut"])):
            case "delete":
                del tokens[place]
            case "double":
                tokens.insert(place, tokens[place])
            case "swap":
                other = draw(st.integers(0, len(tokens) - 1))
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case "replace":
                tokens[place] = draw(st.sampled_from(WORDS))
            case "insert":
                tokens.insert(place, " " + draw(st.sampled_from(WORDS)) + " ")
            case "cut":
                tokens = tokens[:place] or tokens
        if not tokens:
            break
    return "".join(tokens)


@settings(deadline=None, max_examples=300)
@given(mutations())
def test_mutations_get_errors_of_ours(source: str) -> None:
    tried(source)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_random_bytes_get_errors_of_ours(source: bytes) -> None:
    tried(source)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_random_words_get_errors_of_ours(source: str) -> None:
    tried(f'open Mirage\nlet x = {source}\nlet () = register "x" [ main "Unikernel" job ]')


def test_what_would_not_end_is_stopped() -> None:
    for source in (
        "let rec f x = f x\nlet () = f ()",
        "let r = ref (fun x -> x)\nlet () = r := fun x -> !r x\nlet () = ignore (!r ())",
        'let s = ref "aaaaaaaa"\nlet rec f n = s := !s ^ !s; f (n + 1)\nlet () = f 0',
        "let l = ref [1]\nlet rec f n = l := !l @ !l; f (n + 1)\nlet () = f 0",
        "let d f x = f (f x)\nlet () = ignore ((d d d d d) (fun x -> x + 1) 0)",
        "let x = " + "(" * 5000 + "1" + ")" * 5000,
        "let x = " + "1 + " * 20000 + "1",
        "let x = " + "[" * 3000 + "]" * 3000,
        "let x = " + "fun x -> " * 3000 + "x",
    ):
        tried(source)
