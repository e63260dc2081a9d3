"""Arguments in another order than the functor's are reported, however the functor is applied."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria import TypeMismatch
from functoria.loading.configuration import load
from functoria.ocaml.load import load as load_ml

HEAD = """\
from functoria import *
import mirage_devices
from mirage_devices import *

main = foreign("Unikernel.Main", time >> console >> block >> job)
"""
HEAD_ML = """\
(* mirage >= 3.3.0 *)
open Mirage
let main = foreign "Unikernel.Main" (time @-> console @-> block @-> job)
"""
IN_ORDER = ("default_time", "default_console", 'ramdisk("x")')
IN_ORDER_ML = ("default_time", "default_console", 'block_of_file "x"')
ORDERS = list(itertools.permutations(range(3)))
WAYS = {
    "by @": "main @ {} @ {} @ {}",
    "by a call": "main({}, {}, {})",
    "by calls": "main({})({})({})",
    "by both": "main({}, {}) @ {}",
    "by both, the other way": "(main @ {})({}, {})",
    "over lines": "(\n    main\n    @ {}\n    @ {}\n    @ {}\n)",
}


def remedy(directory: Path, text: str, *, ml: bool = False) -> str:
    """Return the remedy for the order of arguments in a configuration; empty if nothing is wrong."""
    file = directory / ("config.ml" if ml else "config.py")
    if ml:
        file.write_text(f'{HEAD_ML}let () = register "x" [ {text} ]\n')
    else:
        file.write_text(f'{HEAD}app = register("x", [{text}])\n')
    try:
        (load_ml if ml else load)(file)
    except TypeMismatch as error:
        return error.remedy
    return ""


def expected(order: tuple[int, ...]) -> str:
    odd = [str(place + 1) for place, number in enumerate(order) if place != number]
    if not odd:
        return ""
    return f"arguments {', '.join(odd[:-1])} and {odd[-1]} look {'swapped' if len(odd) == 2 else 'out of order'}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_every_order_is_told_of(order: tuple[int, ...], way: str, tmp_path: Path) -> None:
    assert remedy(tmp_path, WAYS[way].format(*(IN_ORDER[number] for number in order))) == expected(order)


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_every_order_is_told_of_in_a_config_ml(order: tuple[int, ...], tmp_path: Path) -> None:
    text = " $ ".join(["main", *(IN_ORDER_ML[number] for number in order)])
    assert remedy(tmp_path, text, ml=True) == expected(order)


def test_a_part_of_the_arguments_is_told_of(tmp_path: Path) -> None:
    assert remedy(tmp_path, "main @ default_console @ default_time") == "arguments 1 and 2 look swapped"
    assert remedy(tmp_path, "main $ default_console $ default_time", ml=True) == "arguments 1 and 2 look swapped"


@pytest.mark.parametrize("last", ["asked()", "(default_time if asked() else default_time)", "[default_time][asked()]"])
def test_nothing_is_called_that_may_have_an_effect(last: str, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    head = f"def asked():\n    open({str(asked)!r}, 'w').close()\n    return 0\n\n\n"
    file = tmp_path / "config.py"
    file.write_text(f'{head}{HEAD}app = register("x", [main @ default_console @ {last}])\n')
    with pytest.raises(TypeMismatch) as caught:
        load(file)
    assert "put a time before it" in caught.value.remedy
    assert not asked.exists()


@pytest.mark.parametrize(
    "text", ["mirage_devices.default_time", 'foreign("Mine", time)', 'foreign("A", job >> time) @ noop']
)
def test_what_follows_is_read_where_it_has_no_effect(text: str, tmp_path: Path) -> None:
    assert remedy(tmp_path, f"main @ default_console @ ({text})") == "arguments 1 and 2 look swapped"


def test_what_follows_in_another_expression_is_none_of_its_arguments(tmp_path: Path) -> None:
    text = 'main @ default_time @ (foreign("A", console >> console) @ default_time) @ default_console'
    assert "give it a console" in remedy(tmp_path, text)
    text = 'main $ default_time $ (foreign "A" (console @-> console) $ default_time) $ default_console'
    assert "give it a console" in remedy(tmp_path, text, ml=True)


@given(arguments=st.lists(st.sampled_from(IN_ORDER), min_size=1, max_size=4))
def test_all_ways_say_the_same(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("ways")
    by_operator = remedy(directory, " @ ".join(["main", *arguments]))
    assert by_operator == remedy(directory, f"main({', '.join(arguments)})")
    assert by_operator == remedy(directory, "".join(["main", *(f"({each})" for each in arguments)]))
