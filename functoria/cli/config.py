"""Configuration files, which `functoria.loading` runs."""

from functoria.loading.configuration import default as default
from functoria.loading.configuration import load as load
