"""The commands: one module each, found by its name. Its `COMMAND` has the line for the overview, and makes the command.

To add a command, add its module. At the top it imports only what listing the command needs; other imports are in functions.
"""

from __future__ import annotations

from importlib import import_module

from functoria.cli.listed import Listed


def names() -> list[str]:
    """Return the names of all commands, grouped by purpose as in the overview."""
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
    """Return the existing command `name`."""
    command: Listed = import_module(_home(name)).COMMAND
    return command


def _home(name: str) -> str:
    return f"{__name__}.{name.replace('-', '_')}"


def _modules() -> list[str]:
    from pkgutil import iter_modules

    return [each.name.replace("_", "-") for each in iter_modules(__path__)]
