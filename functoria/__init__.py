"""Typed, immutable descriptions of unikernels, and everything that OCaml needs to build them.

An application is a term: devices, which are OCaml modules, and functors applied to them. `register` names it, `App.plan`
resolves it with values for its keys, and a `Plan` gives its graph, its packages and its files.
"""

from typing import TYPE_CHECKING, Any

from functoria import arg
from functoria.bounds import Bounds
from functoria.device import Device, foreign
from functoria.errors import FunctoriaError, TypeMismatch, Unsupported
from functoria.impl import Impl, if_impl, match_impl
from functoria.key import Key
from functoria.package import Package, merge, package
from functoria.types import Argv, Job, Type, argv, functor, info, job
from functoria.value import Value, lift
from functoria.version import Version

if TYPE_CHECKING:
    from functoria.app import App, register
    from functoria.context import Context
    from functoria.graph import Node
    from functoria.information import BuildInfo, File, Info
    from functoria.plan import Plan
    from functoria.root import Main
    from functoria.runtime import noop, sys_argv

__version__ = "0.1.0"

# What not every module of devices needs is imported when it is first asked for, so that importing stays quick.
_LATER = {
    "App": "app",
    "BuildInfo": "information",
    "Context": "context",
    "File": "information",
    "Info": "information",
    "Main": "root",
    "Node": "graph",
    "Plan": "plan",
    "noop": "runtime",
    "register": "app",
    "sys_argv": "runtime",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module functoria has no attribute {name}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"functoria.{_LATER[name]}"), name)
    return value


__all__ = [
    "App",
    "Argv",
    "Bounds",
    "BuildInfo",
    "Context",
    "Device",
    "File",
    "FunctoriaError",
    "Impl",
    "Info",
    "Job",
    "Key",
    "Main",
    "Node",
    "Package",
    "Plan",
    "Type",
    "TypeMismatch",
    "Unsupported",
    "Value",
    "Version",
    "arg",
    "argv",
    "foreign",
    "functor",
    "if_impl",
    "info",
    "job",
    "lift",
    "match_impl",
    "merge",
    "noop",
    "package",
    "register",
    "sys_argv",
]
