"""The page: one file that works offline, with the picture, a switch for each key, and a panel for each device."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from functoria import quote
from functoria.picture.diagram import diagram
from functoria.picture.snapshots import Snapshots
from functoria.picture.svg import style, svg
from functoria.picture.tables import Tables
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.plan.plan import Plan

_SCRIPTS = ("layout.js", "evaluate.js", "page.js")


def page(plan: Plan) -> str:
    """Return an HTML page that shows `plan`, and the plans of the same application for other values of its keys.

    The page needs no other file or machine. It computes the graph for the values of its switches itself, as `App.plan` does.
    Whether devices refuse them, and their code, are in the page for a limited number of combinations.
    """
    tables = Tables(plan.app, plan.context.given)
    snapshots = Snapshots(plan.app, plan.context.given, tables.switches)
    data = {
        **tables.data(),
        "snapshots": snapshots.data(),
        "states": tables.states(plan.context.given),
        "partial": plan.context.partial,
    }
    parts = {
        "title": quote.html(shown(plan.app.title)),
        "style": style() + _resource("page.css"),
        "picture": svg(diagram(plan)),
        "data": quote.script(data),
        "script": '"use strict";\n(() => {\n' + "".join(map(_resource, _SCRIPTS)) + "})();\n",
    }
    return re.sub(r"@(\w+)@", lambda found: parts[found[1]], _resource("page.html"))


@cache
def _resource(name: str) -> str:
    return files("functoria.picture").joinpath(name).read_text("utf-8")
