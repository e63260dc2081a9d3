"""The display of plans, applications and explanations in notebooks, requested in the same way as IPython does."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from functoria import App, Key, arg, foreign, if_impl, job, package, register
from functoria.errors import InvalidValue
from functoria.picture.diagram import diagram
from functoria.picture.forms import Form
from functoria.picture.svg import svg


def app() -> App:
    key = Key.required("k", arg.string, stage="configure")
    wanted = [package("p", min="1"), package("p", max="3")]
    main = foreign(
        "Unikernel.Main", job, packages=wanted, keys=[key], deps=[foreign("Other", job, packages=[package("p")])]
    )
    return register("demo<b>", [main])


def test_a_plan_is_its_picture() -> None:
    plan = app().plan(k="v")
    shown = plan._repr_svg_()
    assert shown == plan.draw() == svg(diagram(plan))
    assert ElementTree.fromstring(shown).tag == "{http://www.w3.org/2000/svg}svg"


def test_an_application_is_the_picture_of_all_that_it_may_be() -> None:
    assert app()._repr_svg_() == app().plan(partial=True).draw("svg")


def test_an_application_that_cannot_be_planned_has_only_its_name() -> None:
    clashing = [
        foreign(f"Job.{name}", job, keys=[Key.opt("same", arg.int, default=n)]) for n, name in enumerate(["A", "B"])
    ]
    late = Key.opt("late", arg.string, default="", stage="run")
    broken = register("broken", [if_impl(late.value.eq("x"), *clashing)])
    assert broken._repr_svg_() is None
    assert repr(broken) == "<App 'broken'>"


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_an_explanation_is_a_table() -> None:
    why = app().plan(k="v").why("p")
    cells = Cells()
    cells.feed(why._repr_html_())
    assert len(cells.rows) == 1 + len(why.reasons)
    for row, reason in zip(cells.rows[1:], why.reasons, strict=True):
        assert row[:3] == [str(reason.package), reason.device.module, reason.through()]
    assert why._repr_html_().count("<strong>") == 2


@pytest.mark.parametrize("form", ["svg", "html", "dot", "mermaid", "text"])
def test_every_form_is_text_of_its_own(form: Form) -> None:
    begins = {"svg": "<svg ", "html": "<!doctype html>", "dot": "digraph ", "mermaid": "flowchart ", "text": "Devices"}
    plan = app().plan(k="v")
    assert plan.draw(form).startswith(begins[form])
    assert plan.draw(form) == plan.draw(form)


def test_another_form_is_refused() -> None:
    with pytest.raises(InvalidValue, match="not as 'png'"):
        app().plan(k="v").draw("png")  # type: ignore[arg-type]
