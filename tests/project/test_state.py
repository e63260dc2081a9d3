"""The state file: choices in the form of their keys, and files at the unikernel's place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functoria import Key, arg, foreign, job
from functoria.errors import FileConflict
from functoria.project.state import NAME as STATE
from mirage_devices import register
from tests.projects import UNIX


class Span:
    """A value that only its converter can print."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and self.seconds == other.seconds

    def __hash__(self) -> int:
        return self.seconds


SPAN: arg.Converter[Span] = arg.custom(
    "a span in seconds, as 7s",
    runtime="Spans.converter",
    parse=lambda text: Span(int(text.removesuffix("s"))),
    print=lambda span: f"{span.seconds}s",
    literal=lambda span: f"({span.seconds})",
    instance=Span,
)


def test_the_state_holds_values_as_their_converters_print_them(tmp_path: Path) -> None:
    span = Key.opt("span", SPAN, default="1s")
    spans = Key.opt("spans", arg.list(SPAN), default=[])
    maybe = Key.opt("maybe", arg.some(SPAN), default=None)
    app = register("spans", [foreign("Unikernel", job, keys=[span, spans, maybe])])
    plan = app.plan(span=Span(7), spans=[Span(8), Span(9)], maybe="3s")
    plan.write(tmp_path)
    context = json.loads((tmp_path / STATE).read_text())["context"]
    assert context == {"span": "7s", "spans": ["8s", "9s"], "maybe": "3s"}
    assert app.plan(context).files() == plan.files()
    assert plan.to_json()["keys"]["spans"] == ["8s", "9s"]


def test_a_file_where_the_unikernel_would_be_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "hello").write_text("mine\n")
    with pytest.raises(FileConflict, match="hello is in the way of what building puts there"):
        UNIX.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["hello"]
    UNIX.write(tmp_path, force=True)
    assert UNIX.write(tmp_path) == []
