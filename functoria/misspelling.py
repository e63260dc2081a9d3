"""Names that were misspelt, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 12
"""The most names that are listed where none is near."""


def near(word: object, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that `word` may be a misspelling of, the nearest first, at most three."""
    if not isinstance(word, str):
        return ()
    from difflib import SequenceMatcher, get_close_matches

    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        alike.setdefault(_folded(name), []).append(name)
    found = get_close_matches(_folded(word), list(alike), n=3, cutoff=0.6)
    ratios = [SequenceMatcher(None, _folded(word), each).ratio() for each in found]
    best = [name for each, ratio in zip(found, ratios, strict=True) if ratio > ratios[0] - 0.08 for name in alike[each]]
    return tuple(name for name in best if name != word)[:3]


def similar(one: str, two: str) -> bool:
    """Whether the two are so alike that one is hardly another word."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, two).ratio() >= 0.8


def meant(word: object, names: Iterable[str]) -> str:
    """`did you mean port?`, of the names near `word`; empty where none is."""
    found = near(word, names)
    return f"did you mean {' or '.join(found)}?" if found else ""


def instead(word: object, names: Iterable[str], *, listed: str = "there are") -> str:
    """What to write instead of `word`: the names near it, else all of them, or the first few of many."""
    names = list(dict.fromkeys(names))
    return meant(word, names) or f"{listed} {few(names)}"


def few(names: Iterable[str]) -> str:
    """The names, joined by commas, or the first few of them and how many more there are."""
    names = list(names)
    if len(names) <= _MOST + 1:
        return ", ".join(names) or "none"
    return f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"


def _folded(name: str) -> str:
    return name.lower().replace("_", "-").lstrip("-")
