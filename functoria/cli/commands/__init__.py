"""The commands, a module for each, found by its name: `COMMAND` in it says what the overview says, and makes it.

To add one is to add its module. It imports what it needs to be listed; what it needs to be made or run, it imports then.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from functoria.cli.listed import Listed


def names() -> list[str]:
    """Return the names of all commands, those for one purpose together, as the overview has them."""
    return sorted(_modules(), key=lambda name: (listed(name).part.value, name))


def known(name: str) -> bool:
    """Return whether there is a command `name`."""
    module = name.replace("-", "_")
    return module.isidentifier() and "_" not in name and find_spec(f"{__name__}.{module}") is not None


def listed(name: str) -> Listed:
    """Return the command `name`, which is known."""
    command: Listed = import_module(f"{__name__}.{name.replace('-', '_')}").COMMAND
    return command


def _modules() -> list[str]:
    from pkgutil import iter_modules

    return [each.name.replace("_", "-") for each in iter_modules(__path__)]
