"""Typed, immutable descriptions of unikernels, and everything that OCaml needs to build them.

An application is a term: devices, which are OCaml modules, and functors applied to them. `register` names it, `App.plan`
resolves it with values for its keys, and a `Plan` gives its graph, its packages and its files.
"""

from typing import TYPE_CHECKING, Any

from functoria import process

if process.is_command():  # Before the other imports, which take longer than many commands do.
    process.begin()

from functoria import arg
from functoria.device import Device, foreign
from functoria.errors import FunctoriaError, TypeMismatch, Unsupported
from functoria.impl import Impl, if_impl, match_impl
from functoria.key import Key
from functoria.package import Package, merge, package
from functoria.types import Argv, Job, Type, argv, functor, info, job
from functoria.value import Value, lift

if TYPE_CHECKING:
    from functoria.bounds import Bounds
    from functoria.building import pps, staged_pps
    from functoria.dune_stanzas import stanzas
    from functoria.emit.emitter import File
    from functoria.graph.build_info import BuildInfo
    from functoria.graph.context import Context
    from functoria.graph.graph import Node
    from functoria.graph.info import Info
    from functoria.jobs import noop, sys_argv
    from functoria.main import Main
    from functoria.plan.app import App, register
    from functoria.plan.plan import Plan
    from functoria.version import Version

__version__ = "0.1.0"

# Names that few modules of devices need are imported on first use, which keeps `import functoria` quick.
_LATER = {
    "App": "plan.app",
    "Bounds": "bounds",
    "BuildInfo": "graph.build_info",
    "Context": "graph.context",
    "File": "emit.emitter",
    "Info": "graph.info",
    "Main": "main",
    "Node": "graph.graph",
    "Plan": "plan.plan",
    "Version": "version",
    "noop": "jobs",
    "pps": "building",
    "register": "plan.app",
    "staged_pps": "building",
    "stanzas": "dune_stanzas",
    "sys_argv": "jobs",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module functoria has no attribute {name}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"functoria.{_LATER[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*(name for name in globals() if name.startswith("__")), *__all__})


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
    "pps",
    "register",
    "staged_pps",
    "stanzas",
    "sys_argv",
]
