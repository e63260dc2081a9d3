"""Suggestions for misspelt names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from functoria.configuration_name import SUFFIXES

_MOST = 12
"""The maximal number of names to list if none is similar."""
_REMEDY = "give the path of one that exists"
"""The default remedy for a configuration that cannot be read."""


def near(word: object, names: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of `names` that `word` may be a misspelling of, most similar first, or otherwise a part of."""
    if not isinstance(word, str):
        return ()
    from difflib import SequenceMatcher, get_close_matches

    given: str = word
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        alike.setdefault(_folded(name), []).append(name)
    found = get_close_matches(_folded(word), list(alike), n=3, cutoff=0.6)
    ratios = [SequenceMatcher(None, _folded(word), each).ratio() for each in found]
    if len(word) > 2 and max(ratios, default=0) <= 0.8:  # perhaps a part of a name, such as udp of Udp.Make
        whole = [name for each in alike if _folded(word) in _parts(each) for name in alike[each] if name != word]
        if whole:
            return tuple(whole[:3])
    best = [
        name
        for each, ratio in zip(found, ratios, strict=True)
        if ratio > ratios[0] - 0.08
        # Among names that differ only in case, the one spelt exactly like the word comes first.
        for name in sorted(alike[each], key=lambda name: -SequenceMatcher(None, given, name).ratio())
    ]
    return tuple(name for name in best if name != word)[:3]


def similar(one: str, two: str) -> bool:
    """Return whether the two words are similar enough for one to be a misspelling of the other."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, two).ratio() >= 0.8 or sorted(one) == sorted(two)


def meant(word: object, names: Iterable[str]) -> str:
    """Return `did you mean port?` with the names similar to `word`; empty if none is."""
    found = near(word, names)
    return f"did you mean {' or '.join(found)}?" if found else ""


def beside(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> str:
    """Return `did you mean config.py?` with similarly named files beside `path` that have one of the suffixes; or empty."""
    try:
        names = sorted(name for name in os.listdir(path.parent) if name.endswith(suffixes))
    except (OSError, ValueError):  # a name with a zero byte raises ValueError
        return ""
    found = [str(path.with_name(name)) for name in near(path.name, names)]
    return f"did you mean {' or '.join(found)}?" if found else ""


def unreadable(
    path: Path, error: OSError | ValueError, remedy: str | None, suffixes: tuple[str, ...] = SUFFIXES
) -> str:
    """Return the message for a configuration that cannot be read, with the `remedy` and similar names."""
    said = error.strerror if isinstance(error, OSError) else error
    why = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {said}"
    others = beside(path, suffixes)
    return f"the configuration {path} {why}: {remedy or _REMEDY}{others and '; '}{others}"


def instead(word: object, names: Iterable[str], *, listed: str = "there are") -> str:
    """Suggest what to write instead of `word`: similar names, else all of them, or the first few."""
    names = list(dict.fromkeys(names))
    return meant(word, names) or f"{listed} {few(names)}"


def few(names: Iterable[str]) -> str:
    """Join the names with commas; of many, the first few and the number of the others."""
    names = list(names)
    if len(names) <= _MOST + 1:
        return ", ".join(names) or "none"
    return f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"


def _folded(name: str) -> str:
    return name.lower().replace("_", "-").lstrip("-")


def _parts(name: str) -> list[str]:
    """Return the words in `name`, in lower case."""
    return "".join(char if char.isalnum() else " " for char in name).split()
