"""The forms in which plans are drawn, by name, and in which notebooks show plans, applications and explanations."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from functoria import quote
from functoria.errors import FunctoriaError, InvalidValue
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.plan.app import App
    from functoria.plan.plan import Plan
    from functoria.plan.why import Reason, Why

Form: TypeAlias = Literal["svg", "html", "dot", "mermaid", "text"]


def draw(plan: Plan, form: Form) -> str:
    """Draw `plan` in a form. See `Plan.draw`."""
    # Imported one by one, because the page takes longest.
    if form == "html":
        from functoria.picture.page import page

        return page(plan)
    if form == "text":
        from functoria.picture.text import describe

        return describe(plan)
    from functoria.picture.diagram import diagram

    if form == "svg":
        from functoria.picture.svg import svg

        return svg(diagram(plan))
    if form == "dot":
        from functoria.picture.dot import dot

        return dot(diagram(plan))
    if form == "mermaid":
        from functoria.picture.mermaid import mermaid

        return mermaid(diagram(plan))
    raise InvalidValue(f"a plan is drawn as svg, html, dot, mermaid or text, not as {form!r}", objects=[form])


def svg_of_app(app: App) -> str | None:
    """Return the picture of `app` with all choices open; None if it cannot be planned, as a notebook then shows its name."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return draw(app.plan(partial=True), "svg")
    except FunctoriaError:
        return None


def html_of_why(why: Why) -> str:
    """Return a table of the reasons in `why`: what each requires, where it is declared, and its path and choices."""
    heads = "".join(f"<th>{quote.html(head)}</th>" for head in ("asked for", "by", "through", "because", "at"))
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _cells(why, reason))}</tr>" for reason in why.reasons)
    name = quote.html(shown(why.package))
    return f"<table><caption><code>{name}</code></caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(why: Why, reason: Reason) -> Iterator[str]:
    """Return the cells of a row, as HTML. Those that set a bound of the package are strong."""
    wanted = quote.html(shown(reason.package))
    sets = reason in why.min_from or reason in why.max_from
    yield f"<strong><code>{wanted}</code></strong>" if sets else f"<code>{wanted}</code>"
    yield f"<code>{quote.html(shown(reason.device.module))}</code>"
    yield quote.html(shown(reason.through()))
    yield quote.html(reason.because)
    yield quote.html(shown(reason.package.location or ""))
