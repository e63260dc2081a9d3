"""Loading configuration files for commands, with `functoria.loading`."""

from functoria.loading.configuration import default as default
from functoria.loading.configuration import load as load
