"""Debian's chromium, without a screen or a network, for tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.tools import need

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@contextmanager
def browsing(directory: Path, **more: Any) -> Iterator[Any]:
    """Yield a new page in a browser whose profile is in `directory`, and which can reach nothing but files."""
    need("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("playwright is not installed: pip install '.[dev]' installs it")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            directory, executable_path=shutil.which("chromium"), args=FLAGS, headless=True, offline=True, **more
        )
        try:
            yield context.pages[0]
        finally:
            context.close()
