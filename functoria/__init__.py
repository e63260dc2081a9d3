"""Typed, immutable descriptions of unikernels, and everything that OCaml needs to build them.

An application is a term: devices, which are OCaml modules, and functors applied to them. `register` names it, `App.plan`
resolves it with values for its keys, and a `Plan` gives its graph, its packages and its files.
"""

from functoria import arg
from functoria.app import App, register
from functoria.bounds import Bounds
from functoria.context import Context
from functoria.device import Device, foreign
from functoria.errors import FunctoriaError, TypeMismatch, Unsupported
from functoria.graph import Node
from functoria.impl import Impl, if_impl, match_impl
from functoria.info import BuildInfo, File, Info
from functoria.key import Key
from functoria.package import Package, merge, package
from functoria.plan import Plan
from functoria.root import Main
from functoria.runtime import noop, sys_argv
from functoria.types import Argv, Job, Type, argv, functor, info, job
from functoria.value import Value, lift
from functoria.version import Version

__version__ = "0.1.0"

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
