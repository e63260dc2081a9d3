"""The plans of the recorded configurations of MirageOS 4.11, and the differences between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from functoria import Plan
from functoria.errors import FunctoriaError
from tests import recorded411


@cache
def plans(target: str) -> dict[str, Plan]:
    """Return the plan for `target` of each record that has one."""
    found = {}
    for name, on in recorded411.cases():
        if on == target and "+dry-run" not in name:
            try:
                found[name] = recorded411.plan(name, target)
            except FunctoriaError:
                continue  # test_facts411 checks that these are refused for the recorded reason
    return found


def main_module(plan: Plan) -> str:
    """Return the text of the main module, without places and the unikernel's name."""
    (main,) = (text for name, text in plan.files().items() if name.endswith(".ml") and ".Main.run" in text)
    text = re.sub(r'^# \d+ ".*"\n', "", main, flags=re.MULTILINE)
    return re.sub(r'(with_argv \(.*?\(\)\)|set_name) ".*?"', r'\1 "name"', text)


def distinct(targets: Iterator[str] | tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return the texts of main modules for `targets`, each with its record and target."""
    found: dict[str, tuple[str, str]] = {}
    for target in targets:
        for name, plan in plans(target).items():
            found.setdefault(main_module(plan), (name, target))
    return found
