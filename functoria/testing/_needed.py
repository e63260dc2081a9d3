"""Says what to install where Hypothesis is missing. It is imported before what needs that."""

from importlib.util import find_spec

AVAILABLE = "hypothesis"
"""What `functoria.testing` needs besides."""

try:
    found = find_spec(AVAILABLE)
except ValueError:  # it is None among the modules: somebody wants it to be missing
    found = None
if found is None:
    raise ModuleNotFoundError(
        "functoria.testing needs Hypothesis: pip install 'functoria[testing]' brings it", name=AVAILABLE
    )
