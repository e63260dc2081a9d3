"""The commands, a module for each, found by its name: `COMMAND` in it says what the overview says, and makes it.

To add one is to add its module. It imports what it needs to be listed; what it needs to be made or run, it imports then.
"""

from __future__ import annotations

from importlib import import_module

from functoria.cli.listed import Listed


def names() -> list[str]:
    """Return the names of all commands, those for one purpose together, as the overview has them."""
    return sorted(_modules(), key=lambda name: (listed(name).part.value, name))


def known(name: str) -> bool:
    """Return whether there is a command `name`."""
    if "_" in name or not name.replace("-", "_").isidentifier():
        return False
    try:  # importlib.util, which could look without importing, takes longer to import than a command's module
        listed(name)
    except ModuleNotFoundError as error:
        if error.name != _home(name):
            raise
        return False
    return True


def listed(name: str) -> Listed:
    """Return the command `name`, which is known."""
    command: Listed = import_module(_home(name)).COMMAND
    return command


def _home(name: str) -> str:
    return f"{__name__}.{name.replace('-', '_')}"


def _modules() -> list[str]:
    from pkgutil import iter_modules

    return [each.name.replace("_", "-") for each in iter_modules(__path__)]
