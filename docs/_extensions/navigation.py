"""Makes the navigation of each page from the titles that it shows.

The theme only needs titles. Sphinx extracts them for every page from a copy of everything on every page.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes


def _titles(contents: dict[str, nodes.bullet_list]) -> dict[str, nodes.bullet_list]:
    """Return the contents of each page, reduced to its title and the lists of pages on it."""
    found = {name: whole.deepcopy() for name, whole in contents.items()}
    for whole in found.values():
        for entry in whole.children:
            for below in entry.children[1:]:
                below[:] = list(below.findall(addnodes.toctree))
    return found


def _keep_titles(app: Any, builder: Any) -> None:
    app.env.page_titles = _titles(app.env.tocs)


def _from_titles(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Make the function that builds the navigation see only titles."""
    make, contents = context["toctree"], app.env.tocs

    def toctree(**options: Any) -> str:
        app.env.tocs = app.env.page_titles
        try:
            return str(make(**options))
        finally:
            app.env.tocs = contents

    context["toctree"] = toctree


def setup(app: Any) -> dict[str, bool]:
    """Change the context of each page before the theme uses it."""
    app.connect("write-started", _keep_titles)
    app.connect("html-page-context", _from_titles, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
