"""Text in a picture is read back unchanged by its language."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import quote
from functoria.errors import InvalidName
from functoria.picture.diagram import ROLES, Box, Diagram, Line
from functoria.picture.dot import dot
from functoria.picture.mermaid import mermaid
from functoria.picture.svg import svg
from tests.tools import need, run

HOSTILE = [
    '"',
    "\\",
    "</script>",
    "<!--",
    "]]>",
    "&amp;",
    "#quot;",
    "\\N",
    "\\\\",
    "1. a",
    "`",
    "${a}",
    "<br>",
    "\u2028",
    "é🐪",
]
lines = st.lists(
    st.sampled_from(HOSTILE)
    | st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
).map("".join)
texts = st.lists(st.sampled_from(["\n", "\t", "\r"]) | lines).map("".join)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@given(texts)
def test_xml(text: str) -> None:
    element = ElementTree.fromstring(f'<a b="{quote.xml(text)}">{quote.xml(text)}</a>')
    assert (element.get("b"), element.text or "") == (text, text)


@pytest.mark.parametrize("text", ["\0", "\x1b", "\ud800", "\uffff"])
def test_what_xml_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(InvalidName):
        quote.xml(text)


@given(texts)
def test_html(text: str) -> None:
    reader = read(f'<a b="{quote.html(text)}">{quote.html(text)}</a>')
    assert reader.tags == ["a"]
    assert reader.found[0] == "".join(reader.found[1:]) == text


@given(st.dictionaries(texts | st.text(), st.recursive(texts | st.text() | st.none(), st.lists, max_leaves=10)))
def test_scripts(data: dict[str, object]) -> None:
    # A few texts in each list are as good as a hundred: each is quoted by itself.
    text = quote.script(data)
    assert json.loads(text) == data
    assert text.isascii()
    assert not re.search("[<>&\n]", text)
    assert read(f"<script>{text}</script><b>").tags == ["script", "b"]


def label(quoted: str) -> str:
    """Return the text that Graphviz shows for a quoted label: it resolves escapes of strings, escapes of labels, and entities."""
    string = re.fullmatch(r'"((?:[^"\\]|\\["\\nN])*)"', quoted)
    assert string, quoted
    escapes = {"n": "\n", "\\": "\\", '"': '"'}
    return html.unescape(re.sub(r"\\(.)", lambda found: escapes[found[1]], string[1]))


@given(lines)
def test_dot(text: str) -> None:
    assert label(quote.dot(text)) == text
    assert label(quote.dot(text, "note")) == f"{text}\nnote"


def test_graphviz_reads_labels_back(tmp_path: Path) -> None:
    need("dot")
    texts = [*HOSTILE, "".join(HOSTILE), "a\\", "&lt;b&gt;", "<b>x</b>", "\\l\\r\\G"]
    drawn = [Box(number, "device", text, text[::-1]) for number, text in enumerate(texts)]
    (tmp_path / "g.dot").write_text(dot(Diagram("".join(HOSTILE), tuple(drawn), ())), "utf-8")
    found = ElementTree.fromstring(run("dot", "-Tsvg", tmp_path / "g.dot").stdout)
    space = "{http://www.w3.org/2000/svg}"
    nodes = [each for each in found.iter(f"{space}g") if each.get("class") == "node"]
    said = {each.find(f"{space}title").text: [text.text for text in each.iter(f"{space}text")] for each in nodes}  # type: ignore[union-attr]
    for box in drawn:
        told = [(text or "").replace("\xa0", " ").strip() for text in said[str(box.number)]]
        assert told == [box.title.strip(), box.note.strip()]


@given(lines)
def test_mermaid(text: str) -> None:
    quoted = quote.mermaid(text)
    assert re.fullmatch(r'"(?:[\w .,]|#\d+;)*"', quoted, re.ASCII)
    assert not re.match(r'"\d+\. ', quoted)
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), quoted[1:-1]) == text


kinds = st.sampled_from(["own", "device", "functor", "choice"])


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    count = draw(st.integers(1, 12))
    boxes = [Box(number, draw(kinds), draw(lines), draw(lines)) for number in range(count - 1)]
    ends = st.tuples(st.integers(1, count), st.integers(0, count)).filter(lambda pair: pair[1] < pair[0] < count)
    joined = draw(st.lists(st.tuples(ends, st.sampled_from(ROLES), lines), max_size=20)) if count > 1 else []
    found = [Line(*pair, role, text if role == "branch" else "") for pair, role, text in joined]
    return Diagram(draw(lines), (*boxes, Box(count - 1, "application", draw(lines), "")), tuple(found))


@settings(deadline=None)
@given(diagrams())
def test_pictures(diagram: Diagram) -> None:
    drawn = ElementTree.fromstring(svg(diagram))
    space = "{http://www.w3.org/2000/svg}"
    groups = [each for each in drawn.iter(f"{space}g") if "box" in (each.get("class") or "")]
    said = [(each.find(f"{space}title").text or "") for each in groups]  # type: ignore[union-attr]
    assert said == [f"{box.title} {box.note}".strip() for box in diagram.boxes]
    assert {each.tag.removeprefix(space) for each in drawn.iter()} <= {
        *("svg", "title", "style", "rect", "g", "path", "polygon", "text"),
    }
    for line in dot(diagram).split("\n")[2:-2]:
        assert re.fullmatch(r'  \d+( -> \d+)?( \[[^"]*("([^"\\]|\\.)*"[^"]*)*\])?;', line), line
    for line in mermaid(diagram).split("\n")[1:-1]:
        assert re.fullmatch(r'  n\d+[\[({/]{1,2}"[^"\n]*"[\])}/]{1,2}|  n\d+ \S+( ?\|"[^"\n]*"\|)? n\d+', line), line
