"""Devices that a config.ml of MirageOS 4 defines with `impl`, and the modules that their hooks use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attr import frozen

from functoria import Info, Key, Package, Type, Value, lift
from functoria.errors import FunctoriaError
from functoria.impl import AnyImpl
from functoria.location import Location
from functoria.names import module_path, underscored
from functoria.ocaml import codecs
from functoria.ocaml.abstract_codecs import Kind
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.builtin import module, raw, words
from functoria.ocaml.devices import CODE, asked, code_of
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.expected import text_of, writable
from functoria.ocaml.formats import formatted
from functoria.ocaml.scope import Names
from functoria.ocaml.simple_types import SIMPLE
from functoria.ocaml.state import connecting, state_of
from functoria.ocaml.told import Text
from functoria.ocaml.values import ABSENT, NONE, Function, Wrapped, failure, named
from functoria.sexp import Sexp, Verbatim
from functoria.value import Pure
from mirage_devices.v4.device import Device, Install
from mirage_devices.v4.runtime_args import RuntimeArg

PATH = SIMPLE["fpath"]
PATHS = codecs.ListCodec("Fpath.t list", PATH)
STANZAS = codecs.ListCodec("Dune.stanza list", Kind("Dune.stanza", "stanza"))
INSTALL = Kind("Install.t", "install")


@frozen(repr=False)
class OcamlDevice(Device[*tuple[Any, ...]]):
    """A device that a config.ml defines with `impl`."""

    module: str
    type: Type[*tuple[Any, ...]]
    own_packages: tuple[Package, ...] | Value[Sequence[Package]] = ()
    keys: tuple[Key[Any], ...] = ()
    runtime_args: tuple[RuntimeArg, ...] = ()
    deps: tuple[AnyImpl, ...] = ()
    local_libs: tuple[str, ...] = ()
    hooks: tuple[tuple[str, Function], ...] = ()
    """Its hooks by name."""

    @property
    def name(self) -> str:
        """The module's path in lower case, with `_` for dots."""
        return underscored(self.module).lower()

    def _hook(self, name: str, info: Info) -> Any:
        hook = dict(self.hooks).get(name)
        if hook is None:
            return None
        with state_of(hook).asked(None):
            return asked(hook, f"{name} of {self.module}", self.at, Wrapped("info", info))

    @property
    def at(self) -> Location:
        """The place of its definition."""
        return self.location or Location("config.ml", 1)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return the result of the hook `connect`; without one, the values as a tuple."""
        hook = dict(self.hooks).get("connect")
        if hook is None:
            return super().connect(info, module, values)
        with connecting(hook):
            return str(code_of(hook, f"connect of {self.module}", self.at, info, module, values, code=CODE))

    def configure(self, info: Info) -> None:
        """Raise ConfigError if its hooks do what cannot be done here."""
        self._hook("configure", info)

    def files(self, info: Info) -> Mapping[str, Any]:
        """Return the files that its hook `configure` writes, and those that its hook `files` names."""
        listed = self._hook("files", info)
        names = [] if listed is None else PATHS.python(listed, self.at)
        done = self._hook("configure", info)
        written = {} if done is None else dict(action_in(done, self.at)[1])
        return {f"mirage/{name}": written.get(name, "") for name in dict.fromkeys([*written, *names])}

    def rules(self, info: Info) -> Sequence[Sexp]:
        """Return the stanzas of its hook `dune`."""
        found = self._hook("dune", info)
        if found is None:
            return ()
        stanzas = STANZAS.python(found, self.at)
        return tuple(sexp for text in stanzas for sexp in sexps(text, self.at))

    def install(self, info: Info) -> Install:
        """Return the result of its hook `install`."""
        found = self._hook("install", info)
        if found is None:
            return Install()
        made: Install = INSTALL.python(found, self.at)
        return made


def impl(
    module: str,
    type: Type[*tuple[Any, ...]],
    *,
    packages: Sequence[Package] = (),
    packages_v: Value[Sequence[Package]] | None = None,
    local_libs: Sequence[str] = (),
    keys: Sequence[Key[Any]] = (),
    runtime_args: Sequence[RuntimeArg] = (),
    extra_deps: Sequence[AnyImpl] = (),
    **hooks: Function,
) -> AnyImpl:
    """Make a device of the module `module`, with the signature `type`."""
    module_path(module)
    return OcamlDevice(
        module,
        type,
        united(packages, packages_v),
        tuple(keys),
        tuple(runtime_args),
        tuple(extra_deps),
        tuple(local_libs),
        tuple(sorted(hooks.items())),
    )


def united(packages: Sequence[Package], more: Value[Sequence[Package]] | None) -> Any:
    """Unite packages with those that depend on keys."""
    if more is None:
        return tuple(packages)
    if isinstance(more, Pure):
        return (*packages, *more.constant)
    return lift(_chain, Value.pure(tuple(packages)), more) if packages else more


def _chain(one: Sequence[Package], two: Sequence[Package]) -> tuple[Package, ...]:
    return (*one, *two)


_TOKEN = re.compile(
    r'(?:[ \t\r\n\f]|;[^\n]*)*(?:([()])|("(?:[^"\\]|\\.)*")|((?:%\{[^}]*\}|[^\s()";])+)|(\Z))', re.DOTALL
)


def sexps(text: str, at: Location) -> tuple[Sexp, ...]:
    """Parse the S-expressions of a stanza. Only plain words become atoms; other text is kept verbatim. Raises ConfigError."""
    stack: list[list[Sexp]] = [[]]
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or (match[4] is None and match.end() == position):
            raise refused(at, f"{text[position : position + 20]!r} has no place in a stanza of dune")
        position = match.end()
        if match[1] == "(":
            stack.append([])
        elif match[1] == ")":
            inner = tuple(stack.pop())
            if not stack:
                raise refused(at, "a bracket closes nothing in a stanza of dune")
            stack[-1].append(inner)
        elif match[2] or match[3]:
            word = match[2] or match[3]
            stack[-1].append(word if re.fullmatch(r"[\w./-]+", word) else Verbatim(word))
        else:
            break
    if len(stack) > 1:
        raise refused(at, "a bracket is never closed in a stanza of dune")
    return tuple(stack[0])


def _code(buffer: Buffer, at: Location) -> Wrapped:
    return Wrapped("code", buffer.text)


def _stanza(buffer: Buffer, at: Location) -> Wrapped:
    return Wrapped("stanza", buffer.text)


def connect_err(name: Any, count: Any, at: Location) -> Any:
    """Raise the error for a device that is connected with a wrong number of values."""
    raised = failure(f"The {name} connect expects exactly {count} argument{'s' if count != 1 else ''}")
    raised.at = at
    raise raised


code = raw("code", "~pos .", lambda pos, text, at: formatted(text, at, _code))
"""The code of a `connect`, from a format and its arguments."""


def dune() -> Names:
    """Return the module Dune."""
    return module(
        "Dune",
        {
            "stanza": raw("Dune.stanza", ".", lambda text, at: Wrapped("stanza", text_of(text, at))),
            "stanzaf": raw("Dune.stanzaf", ".", lambda text, at: formatted(text, at, _stanza)),
        },
    )


def install() -> Names:
    """Return the module Install."""

    def made(bin: Any, etc: Any, unit: Any, at: Location) -> Wrapped:
        pair = codecs.TupleCodec("Fpath.t * Fpath.t", (PATH, PATH))
        binaries = [] if bin is ABSENT else codecs.ListCodec("(Fpath.t * Fpath.t) list", pair).python(bin, at)
        others = [] if etc is ABSENT else PATHS.python(etc, at)
        return Wrapped("install", Install(tuple(binaries), tuple(others)))

    return module("Install", {"v": raw("Install.v", "?bin ?etc .", made), "empty": Wrapped("install", Install())})


Files = tuple[tuple[str, Text], ...]


def action_in(value: Any, at: Location) -> tuple[Any, Files]:
    """Return the result of an action, and the files that it writes. Raises TypeMismatch for anything but an action."""
    if not isinstance(value, Wrapped) or value.kind != "action":
        raise mistyped(at, f"this is {named(value)}, but an action is expected", objects=[value])
    found: tuple[Any, Files] = value.value
    return found


def _action(value: Any, files: Files = ()) -> Wrapped:
    return Wrapped("action", (value, files))


def _bind(function: Any, action: Any, at: Location) -> Wrapped:
    value, files = action_in(action, at)
    then, more = action_in(apply(function, [Given(value)], at), at)
    return _action(then, files + more)


def _map(function: Any, action: Any, at: Location) -> Wrapped:
    value, files = action_in(action, at)
    return _action(apply(function, [Given(value)], at), files)


def _with_output(mode: Any, append: Any, path: Any, purpose: Any, function: Any, at: Location) -> Wrapped:
    buffer = Buffer()
    value = apply(function, [Given(buffer)], at)
    return _action(value, ((PATH.python(path, at), buffer.text),))


def _write_file(path: Any, text: Any, at: Location) -> Wrapped:
    return _action((), ((PATH.python(path, at), writable(text, at)),))


def _error(text: Any, at: Location) -> Any:
    raise _refused(text_of(text, at), at)


def _refused(text: str, at: Location) -> FunctoriaError:
    return refused(at, text)


def _errorf(buffer: Buffer, at: Location) -> Any:
    raise _refused(text_of(buffer.text, at), at)


def _run_seq(actions: Any, at: Location) -> Wrapped:
    files: Files = ()
    for action in codecs.ListCodec("Action.t list", codecs.ANY).python(actions, at):
        files += action_in(action, at)[1]
    return _action((), files)


def _not_here(name: str) -> Function:
    def refuse(*values: Any) -> Any:
        raise refused(
            values[-1],
            f"Action.{name} runs commands or looks at files, which is not done when a configuration is planned",
        )

    return raw(f"Action.{name}", ".", refuse)


_RUNNING = """
    rm mkdir rmdir with_dir pwd is_file is_dir size_of set_var run_cmd run_cmd_out run_cmd_cli read_file tmp_file ls
"""
"""Functions that run commands or look at files."""


def action() -> Names:
    """Return the module Action. Its functions that write files or return values work; using any other is an error."""
    infix = {
        ">>=": raw(">>=", ". .", lambda value, function, at: _bind(function, value, at)),
        ">|=": raw(">|=", ". .", lambda value, function, at: _map(function, value, at)),
    }
    others: Callable[[str], Function] = _not_here
    table: dict[str, Any] = {
        "ok": raw("Action.ok", ".", lambda value, at: _action(value)),
        "error": raw("Action.error", ".", _error),
        "errorf": raw("Action.errorf", ".", lambda text, at: formatted(text, at, _errorf)),
        "bind": raw("Action.bind", "~f .", _bind),
        "map": raw("Action.map", "~f .", _map),
        "seq": raw("Action.seq", ".", _run_seq),
        "with_output": raw("Action.with_output", "?mode ?append ~path ~purpose .", _with_output),
        "write_file": raw("Action.write_file", ". .", _write_file),
        "get_var": raw("Action.get_var", ".", lambda name, at: _action(NONE)),
    }
    for name in words(_RUNNING):
        table[name] = others(name)
    return module("Action", table, Infix=module("Action.Infix", infix))
