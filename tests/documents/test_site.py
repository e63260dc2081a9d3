"""The site is built from all pages without warnings, its links work, and its content can be searched."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.documents.blocks import ROOT
from tests.documents.running import commands
from tests.picture.browser import browsing
from tests.tools import run


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does."""
    return built(tmp_path_factory.mktemp("site"))


def built(directory: Path) -> Path:
    words = ("-q", "-W", "--keep-going", "-b", "html", "-d", directory / "doctrees", ROOT / "docs", directory / "site")
    done = run(sys.executable, "-m", "sphinx", *words, PYTHONPATH=str(ROOT))
    assert done.stdout + done.stderr == ""
    return directory / "site"


class Page(HTMLParser):
    """The links of a page, and its anchors."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = {""}
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if name in ("href", "src") and value:
                (self.links if tag == "a" else self.loaded).append(value)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def inside(path: Path, page: Page) -> Iterator[tuple[Path, str]]:
    for link in [*page.links, *page.loaded]:
        parts = urlsplit(link)
        if not parts.scheme and not parts.netloc:
            yield (path.parent / unquote(parts.path)).resolve() if parts.path else path, unquote(parts.fragment)


def test_links_and_anchors_lead_somewhere(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for target, fragment in inside(path, page):
            assert target.exists(), f"{path.name} → {target}"
            assert target not in pages or fragment in pages[target].anchors, f"{path.name} → {target.name}#{fragment}"


def test_links_outside_are_listed_and_nothing_is_loaded_from_there(site: Path, pages: dict[Path, Page]) -> None:
    outside = {link for page in pages.values() for link in page.links if urlsplit(link).netloc}
    assert {link for link in outside if urlsplit(link).scheme != "https"} == set()
    listed = set((site / "links-outside.txt").read_text(encoding="utf-8").splitlines())
    theme = {link for link in outside if "pradyunsg" in link}
    assert outside - theme == listed  # they are not visited here, because that needs a network
    assert [link for page in pages.values() for link in page.loaded if urlsplit(link).netloc] == []


def test_every_page_that_people_write_is_on_the_site(site: Path) -> None:
    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert {path for path in written if not (site / path).exists()} == set()


def test_every_page_is_in_the_navigation_of_every_page(site: Path, pages: dict[Path, Page]) -> None:
    wanted = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    for path in pages:
        _, _, after = path.read_text(encoding="utf-8").partition('class="sidebar-tree"')
        links = re.findall(r'<a class="[^"]*" href="([^"#]*)', after.partition("</aside>")[0])
        shown = {
            (path.parent / link).resolve().relative_to(site.resolve()) if link else path.relative_to(site)
            for link in links
        }
        assert wanted - shown <= {Path("index.html")}, path


def test_the_readme_is_the_first_page(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    for heading in re.findall(r"^#+ (.*)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE):
        assert f">{heading}<" in text


@pytest.mark.parametrize("word", ["unikernel", "default_network", "if_impl", "provenance"])
def test_it_can_be_searched(site: Path, word: str) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    found = [*index["terms"], *(name for each in index["objects"].values() for *_, name in each)]
    assert any(term.startswith(word[:6]) for term in found) == (word != "provenance")


def test_it_is_read_and_searched_in_a_browser_without_a_network(site: Path, tmp_path: Path) -> None:
    """None of the first page's code is cut off at 1280 pixels, the search field finds a page, and the console stays empty."""
    with browsing(tmp_path, viewport={"width": 1280, "height": 800}) as tab:
        faults: list[str] = []
        tab.on("console", lambda message: faults.append(message.text))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda request: request.url.startswith(("file:", "data:")) or faults.append(request.url))
        tab.goto((site / "index.html").as_uri())
        cut = "() => [...document.querySelectorAll('pre')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"
        assert tab.evaluate(cut) == []
        tab.get_by_placeholder("Search").first.fill("ocamllex")
        tab.keyboard.press("Enter")
        tab.get_by_role("link", name="Files beside the configuration").last.click()
        assert tab.locator("h1").inner_text().startswith("Files beside the configuration")
        assert faults == []


def test_signatures_are_readable(site: Path) -> None:
    text = (site / "reference" / "functoria.html").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))
    assert "functoria.foreign(" in plain
    assert "object at 0x" not in plain
    assert "&lt;factory&gt;" not in plain


def test_the_same_pages_are_the_same_bytes(site: Path, tmp_path: Path) -> None:
    again = built(tmp_path)
    differs = [
        path.relative_to(site)
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.read_bytes() != (again / path.relative_to(site)).read_bytes()
    ]
    assert differs == []


def test_every_command_is_shown_and_every_example(site: Path) -> None:
    shown = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    assert {name for name in commands() if f"\nfunctoria help {name}\n" not in shown} == {"help"}
    page = (site / "examples.html").read_text(encoding="utf-8")
    examples = ROOT / "docs" / "examples"
    files = {path.relative_to(examples).as_posix() for kind in ("py", "ml") for path in examples.rglob(f"*.{kind}")}
    assert {name for name in files if f">{name}<" not in page} == set()
