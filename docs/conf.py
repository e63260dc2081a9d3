"""The configuration of the site: `make docs` builds it from these pages in build/site."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes

gc.disable()  # a page's parts hold each other, and are used to the end: looking for others would take a third of the time

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

project = "functoria"
author = "the functoria authors"
project_copyright = author
html_title = "functoria for Python"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton", "navigation", "public_names", "terminal"]
exclude_patterns = ["_*", "examples"]
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!functoria\.|mirage_devices).*"),  # names of Python, attrs and networkx, which have their own sites
    ("py:class", r"(functoria|mirage_devices)\..*"),  # annotations name private types, and type variables
]
root_doc = "index"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["local.js"]
html_show_sphinx = False
html_copy_source = False
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "monokai"

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
suppress_warnings = ["ref.python"]  # both releases have a class `Resolver`, which annotations do not distinguish

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

_PAGES = {"README.md": "index.md", "CHANGES.md": "changes.md", "CONTRIBUTING.md": "contributing.md"}
"""The pages that include files from above this directory."""


def _with_file_above(app: Any, docname: str, source: list[str]) -> None:
    """Replace the line that includes a file from above by the content of that file, and adapt the links between such files."""
    text = source[0]
    for name in _PAGES:
        text = text.replace(f"<!-- {name} -->", _above(name))
    if docname.startswith("devices") and docname.endswith("/index"):
        text += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"
    if docname == "examples":
        text += "\n## The files\n\n" + "\n".join(_examples())
    if docname == root_doc:
        text = text.replace("<!-- the others -->", "\n".join(_others(text)))
    text = re.sub(r"\]\((?:\.\./)?(README|CHANGES|CONTRIBUTING)\.md(#[^)]*)?\)", _to_page, text)
    source[0] = re.sub(r"\]\((?:docs/)?examples(/[^)]*)?\)", "](examples.md)", text)


def _examples() -> Iterator[str]:
    """Return the code of every example."""
    languages = {".py": "python", ".ml": "ocaml", ".mli": "ocaml"}
    home = HERE / "examples"
    for path in sorted(home.rglob("*.*"), key=lambda path: (len(path.parts), path)):
        if path.suffix in languages:
            name = path.relative_to(home).as_posix()
            yield f"```{{literalinclude}} examples/{name}\n:language: {languages[path.suffix]}\n:caption: {name}\n```\n"


def _others(index: str) -> list[str]:
    """Return the pages beside this file that the index does not name, which are guides by default."""
    return sorted(
        {path.stem for path in HERE.glob("*.md")} - {root_doc, *re.findall(r"[\w.-]+(?=>?$)", index, re.MULTILINE)}
    )


def _to_page(found: re.Match[str]) -> str:
    return f"]({_PAGES[found[1] + '.md']}{found[2] or ''})"


def _above(name: str) -> str:
    return (HERE.parent / name).read_text(encoding="utf-8").replace("](docs/", "](")


def _without_values(app: Any, doctree: Any) -> None:
    """Omit the values of attributes, which are long, and may contain sets in any order."""
    for node in list(doctree.findall(addnodes.desc_annotation)):
        if node.astext().lstrip().startswith("="):
            node.parent.remove(node)


def _list_links(app: Any, doctree: Any, docname: str) -> None:
    links = {node["refuri"] for node in doctree.findall(nodes.reference) if "://" in node.get("refuri", "")}
    app.env.links_outside = getattr(app.env, "links_outside", {}) | {docname: links}


def _write_links(app: Any, error: Exception | None) -> None:
    """List the links that lead outside, so that they can be checked where there is a network."""
    if error is None:
        links = set().union(*getattr(app.env, "links_outside", {}).values())
        Path(app.outdir, "links-outside.txt").write_text(
            "".join(f"{link}\n" for link in sorted(links)), encoding="utf-8"
        )


def setup(app: Any) -> None:
    """Connect the functions above to Sphinx."""
    app.connect("source-read", _with_file_above)
    app.connect("doctree-read", _without_values)
    app.connect("doctree-resolved", _list_links)
    app.connect("build-finished", _write_links)
