"""Colours are legible on light and dark terminals, and never the only indication of anything."""

from __future__ import annotations

import pytest
from rich.style import Style

from functoria.cli.colour import DIFF, STYLES, choose
from functoria.progress import console

# The sixteen default colours of xterm, which have less contrast than those of most other terminals.
XTERM = {"red": (205, 0, 0), "green": (0, 205, 0), "yellow": (205, 205, 0), "blue": (0, 0, 238)}
XTERM |= {"magenta": (205, 0, 205), "cyan": (0, 205, 205)}
GROUNDS = {"light": (255, 255, 255), "dark": (0, 0, 0)}
SIGNED = {"added"}
"""Styles for text that is also marked by a sign."""


def luminance(colour: tuple[int, int, int]) -> float:
    """Return the relative luminance of a colour, by WCAG 2.1."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], two: tuple[int, int, int]) -> float:
    """Return the contrast of two colours, from 1 to 21, by WCAG 2.1."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", sorted(set(STYLES) - SIGNED))
def test_a_colour_is_legible(name: str, ground: str) -> None:
    style = Style.parse(STYLES[name])
    assert style.bgcolor is None
    if style.color is not None:
        assert style.color.name in XTERM, "one of the terminal's own, and none of the bright ones"
        assert contrast(XTERM[style.color.name], GROUNDS[ground]) >= 3  # as for large or bold text


def test_what_is_less_legible_has_a_sign() -> None:
    assert set(DIFF.values()) >= SIGNED


def test_only_what_can_be_left_out_is_faint() -> None:
    assert [name for name, style in STYLES.items() if "dim" in style] == ["faint"]


def test_progress_has_the_terminals_own_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for when, system in (("always", "standard"), ("never", None), ("auto", "standard")):
        choose(when)
        assert console().color_system == system
    for name in ("bar.complete", "bar.pulse", "progress.elapsed", "progress.download", "status.spinner"):
        style = console().get_style(name)
        assert style.color is None or style.color.name == "magenta"
