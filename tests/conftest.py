"""What all tests share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here pulls the plug, so that none needs what is written to be on the disk."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)
