"""Labels that distinguish the configurations of a fleet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import PurePath

from functoria.fleet.configuration import Code, File


def labels(configurations: Sequence[File | Code]) -> list[str]:
    """Return a label for each of `configurations`. Only equal ones that were labelled alike have the same.

    A label that only one configuration has is kept. Files that share one get as much more of their paths as distinguishes them.
    What paths do not distinguish, such as applications of one name, gets a number, in order.
    """
    by_label: dict[str, dict[File | Code, str]] = {}
    for each in configurations:
        by_label.setdefault(each.label, {})[each] = each.label
    taken = {label for label, sharing in by_label.items() if len(sharing) == 1}
    for label, sharing in by_label.items():
        if len(sharing) > 1:
            sharing.update(zip(sharing, _apart(label, sharing, taken), strict=True))
    return [by_label[each.label][each] for each in configurations]


def _apart(label: str, sharing: Iterable[File | Code], taken: set[str]) -> Iterator[str]:
    """Yield a label for each of `sharing`, which all have `label`, and add it to those taken."""
    paths = [_steps(each) if isinstance(each, File) else () for each in sharing]
    ends = Counter(path[-length:] for path in paths for length in range(1, len(path) + 1))
    least = label.count("/") + 1
    for path in paths:
        longer = ("/".join(path[-n:]) for n in range(least, len(path) + 1) if ends[path[-n:]] == 1)
        numbered = (label if number == 1 else f"{label}.{number}" for number in count(1))
        found = next(text for text in chain(longer, numbered) if text not in taken)
        taken.add(found)
        yield found


def _steps(file: File) -> tuple[str, ...]:
    """Return the parts of the path that may be in a label: of the directory, or of a file with a name of its own."""
    path = PurePath(file.path)
    named = path.parent if path.stem == "config" else path.with_suffix("")
    return named.parts[1:]
