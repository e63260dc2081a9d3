"""Writes docs/pictures: drawings of the examples by `describe`, and screenshots of its page in Debian's chromium.

With `--check` it only reports stale drawings, and fails if there are any; screenshots depend on fonts and must be judged by eye.
With `--into DIR` it writes all of them to that directory, as `make docs` does, so that the site shows the current page.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


def plan_of(example: str, **choices: Any) -> Any:
    """Plan an example."""
    from functoria.cli.config import load

    return load(HERE / "examples" / example).plan(choices)


def drawings() -> Iterator[tuple[str, str]]:
    """Return the drawings that need no browser, by file name."""
    from functoria.cli.config import load

    yield "network.svg", plan_of("network.py", target="hvt").draw()
    yield "hello.svg", plan_of("hello-4/config.py", target="hvt").draw()
    yield "choices.svg", load(HERE / "examples/choice.py").plan(target="unix", partial=True).draw()


def screenshots(pictures: Path) -> None:
    """Take the screenshots, in the directory `pictures`."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is missing, so that there are no new screenshots: apt-get install chromium")
    with TemporaryDirectory() as directory, sync_playwright() as playwright:
        file = Path(directory) / "page.html"
        browser = playwright.chromium.launch_persistent_context(
            Path(directory) / "profile", executable_path=chromium, args=FLAGS, headless=True, offline=True
        )
        tab = browser.pages[0]

        def show(plan: Any, scheme: Any, width: int, height: int) -> None:
            file.write_text(plan.draw("html"), "utf-8")
            tab.set_viewport_size({"width": width, "height": height})
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            tab.goto(file.as_uri())

        show(plan_of("network.py", target="hvt"), "light", 1280, 720)
        tab.locator(".box", has_text="Static_ipv4").click()
        tab.screenshot(path=pictures / "page.png")
        show(plan_of("network.py"), "dark", 1280, 720)
        tab.get_by_label("Leave choices open").check()
        tab.screenshot(path=pictures / "page-dark.png")
        show(plan_of("hello-4/config.py", target="hvt"), "light", 390, 700)
        tab.locator(".box", has_text="Unikernel").click()
        tab.screenshot(path=pictures / "page-narrow.png")
        browser.close()


def main() -> int:
    """Write everything, or check the drawings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--into", type=Path, default=PICTURES, metavar="DIR")
    given = parser.parse_args()
    check, pictures = given.check, given.into
    pictures.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, text in drawings():
        path = pictures / name
        if check and (not path.exists() or path.read_text("utf-8") != text):
            stale.append(name)
        elif not check:
            path.write_text(text, "utf-8")
    if not check:
        screenshots(pictures)
    for name in stale:
        print(f"docs/pictures/{name} is stale: run docs/generate_pictures.py")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
