"""Raises an error that names what to install if Hypothesis is missing. Imported before all modules that need it."""

from importlib.util import find_spec

AVAILABLE = "hypothesis"
"""The other packages that `functoria.testing` needs."""

try:
    found = find_spec(AVAILABLE)
except ValueError:  # sys.modules has None for it, which makes its import fail
    found = None
if found is None:
    raise ModuleNotFoundError(
        "functoria.testing needs Hypothesis: install it with pip install 'functoria[testing]'", name=AVAILABLE
    )
