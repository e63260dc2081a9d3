"""The plans of the recorded configurations of MirageOS 4.11, and what of them differs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from functoria import Plan
from functoria.errors import FunctoriaError
from tests import recorded411


@cache
def plans(target: str) -> dict[str, Plan]:
    """The plan for `target` of each record that there is one of."""
    found = {}
    for name, on in recorded411.cases():
        if on == target and "+dry-run" not in name:
            try:
                found[name] = recorded411.plan(name, target)
            except FunctoriaError:
                continue  # what is refused, and that it is for the recorded reason, is for test_facts411
    return found


def main_module(plan: Plan) -> str:
    """The text of the main module, without what it says of places and of the unikernel's name."""
    (main,) = (text for name, text in plan.files().items() if name.endswith(".ml") and ".Main.run" in text)
    text = re.sub(r'^# \d+ ".*"\n', "", main, flags=re.MULTILINE)
    return re.sub(r'(with_argv \(.*?\(\)\)|set_name) ".*?"', r'\1 "name"', text)


def distinct(targets: Iterator[str] | tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """The texts of main modules for `targets`, each with the record and the target that it is of."""
    found: dict[str, tuple[str, str]] = {}
    for target in targets:
        for name, plan in plans(target).items():
            found.setdefault(main_module(plan), (name, target))
    return found
