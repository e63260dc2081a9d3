"""Writes docs/devices, a page for each kind of device, from the code. `--check` only says what is stale, and fails then."""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import mirage_devices as m
from functoria import Device, FunctoriaError, Impl, Info, Key, Package, Type, Unsupported, Value, noop
from functoria.impl import Application, Choice

PAGES = Path(__file__).parent / "devices"
HOMES = {name: home for name, home in m.__dict__["_HOME"].items() if home.startswith("mirage_devices.v3.devices.")}
KINDS = sorted(set(HOMES.values()))
HEAD = "<!-- Made by docs/generate_devices.py from the code: change the docstrings there. -->\n\n"


def samples() -> dict[str, Any]:
    """An argument for each parameter of a constructor that has no default, by the parameter's name."""
    net = m.netif("0")
    eth = m.etif(net)
    ip = m.create_ipv4(eth, m.arp(eth))
    store = m.ramdisk("NAME")
    return {
        "addresses": [],
        "arp": m.arp(eth),
        "block": store,
        "conduit": m.conduit_direct(m.static_ipv4_stack(net)),
        "config": m.ipv6_config([]),
        "db": m.default_qubesdb,
        "eth": eth,
        "fs": m.fat(store),
        "ip": ip,
        "ips": [],
        "kv": m.crunch("DIR"),
        "net": net,
        "network": "10.0.0.2/24",
        "size": 1_000_000,
        "stack": m.static_ipv4_stack(net),
        **{name: name.upper() for name in ("dev", "file", "hostname", "id", "name")},
        "dir": "htdocs",
    }


def information() -> dict[str, Info]:
    """What devices are told on each target, by target."""
    return {target: m.register("documented", [noop]).plan(target=target).info for target in m.TARGETS}


SAMPLES, INFORMATION = samples(), information()


def docstrings(module: Any) -> dict[str, str]:
    """The text below each assignment of a module, by the name that is assigned."""
    body = ast.parse(inspect.getsource(module)).body
    found = {}
    for one, two in pairwise(body):
        target = (
            one.targets[0] if isinstance(one, ast.Assign) else one.target if isinstance(one, ast.AnnAssign) else None
        )
        if isinstance(target, ast.Name) and isinstance(two, ast.Expr) and isinstance(two.value, ast.Constant):
            found[target.id] = inspect.cleandoc(str(two.value.value))
    return found


def made(constructor: Any) -> Any:
    """What `constructor` makes of samples; itself where it takes nothing."""
    if not inspect.isfunction(constructor):
        return constructor
    required = [p for p in inspect.signature(constructor).parameters.values() if p.default is p.empty]
    return constructor(*(SAMPLES[p.name] for p in required))


def heads(impl: Any) -> Iterator[Any]:
    """The devices that may be at the head of `impl`, through applications and choices; choices of keys come too."""
    if isinstance(impl, Application):
        yield from heads(impl.head)
    elif isinstance(impl, Choice):
        yield impl
        for branch in impl.branches:
            yield from heads(branch)
    else:
        yield impl


def packages(device: Any, info: Info) -> Sequence[Package]:
    """What `device` itself brings."""
    wanted: Sequence[Package] | Value[Sequence[Package]] = device.packages
    return wanted.evaluate(info.get) if isinstance(wanted, Value) else wanted


def on_target(device: Any, info: Info) -> list[str]:
    """The packages of `device`, or that it has none, or that it is refused."""
    try:
        device.configure(info)
    except Unsupported:
        return ["refused"]
    return [f"`{wanted}`{_libraries(wanted)}" for wanted in packages(device, info)] or ["none"]


def _libraries(wanted: Package) -> str:
    if wanted.build or wanted.libraries == (wanted.name,):
        return ""
    return f" with {', '.join(wanted.libraries)}" if wanted.libraries else ", no library"


def table(device: Any) -> str:
    """The packages of `device`: those of all targets, then the others, targets that agree on a line."""
    by = {target: on_target(device, info) for target, info in INFORMATION.items()}
    common = [line for line in next(iter(by.values())) if all(line in lines for lines in by.values())]
    text = f"Packages on all targets: {', '.join(common)}.\n\n" if common else ""
    rows: dict[str, list[str]] = {}
    for target, lines in by.items():
        rows.setdefault("<br>".join(line for line in lines if line not in common), []).append(target)
    if list(rows) == [""]:
        return text
    return (
        f"{text}| targets | packages |\n|---|---|\n"
        + "".join(f"| {', '.join(targets)} | {lines} |\n" for lines, targets in rows.items())
        + "\n"
    )


def keys(found: Sequence[Key[Any]], *, grouped: bool) -> str:
    """The keys, a line each."""
    prefix = "GROUP-" if grouped else ""
    lines = []
    for key in dict.fromkeys(found):
        options = [f"`{option}`" for option in key.options if option[2:] != key.name] + [f"`--{prefix}{key.name}`"]
        if key.flags != (key.name,) and key.name not in key.flags:
            options.pop()
        env = f" or the environment variable `{key.env}`" if key.env else ""
        when = "when configuring" if key.stage == "configure" else "when configuring or booting"
        lines.append(f"- key `{prefix}{key.name}`, {' '.join(options)}{env}, {when}: {key.doc}\n")
    note = "\nWithout a group, the name of a key has no prefix.\n" if grouped and lines else ""
    return "".join(lines) + note + ("\n" if lines else "")


def signature(name: str, constructor: Any) -> str:
    """How `constructor` is written, with the names of its defaults."""
    if not inspect.isfunction(constructor):
        return name
    return f"{name}({', '.join(_parameter(p) for p in inspect.signature(constructor).parameters.values())})"


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return parameter.name
    default = parameter.default
    named = [name for name in HOMES if not isinstance(default, (str, int)) and getattr(m, name) is default]
    plain = json.dumps(default) if isinstance(default, str) else repr(default)
    shown = named[0] if named else plain if isinstance(default, (str, int, type(None))) else "…"
    return f"{parameter.name}={shown}"


def entry(name: str, doc: str) -> str:
    """What a page says of one constructor."""
    constructor = getattr(m, name)
    text = f"## {name}\n\n```python\n{signature(name, constructor)}\n```\n\n{doc}\n\n"
    impl = made(constructor)
    if not isinstance(impl, Impl):
        return text
    text += f"Type: `{impl.signature}`.\n\n"
    found = list(dict.fromkeys(heads(impl)))
    choices = [key for choice in found if isinstance(choice, Choice) for key in choice.keys]
    grouped = inspect.isfunction(constructor) and "group" in inspect.signature(constructor).parameters
    text += keys(choices, grouped=grouped)
    text += applied(impl)
    described: dict[str, None] = {}
    for device in found:
        if isinstance(device, Device):
            described[describe(device) + keys(device.keys, grouped=grouped)] = None
    return text + "".join(described)


def applied(impl: Any) -> str:
    """What the functor of `impl` is applied to, by the modules that each argument may be."""
    arguments = []
    while isinstance(impl, Application):
        modules = dict.fromkeys(f"`{head.module}`" for head in heads(impl.argument) if isinstance(head, Device))
        arguments.append(" or ".join(modules))
        impl = impl.functor
    return f"Applied, for instance, to {', '.join(reversed(arguments))}.\n\n" if arguments else ""


def describe(device: Any) -> str:
    """The module, signature, dependencies and packages of `device`."""
    shape = f", a functor `{device.type}`" if device.type.parameters else ""
    after = [next(head for head in heads(dep) if isinstance(head, Device)).module for dep in device.deps]
    initialised = f", initialised after {', '.join(f'`{module}`' for module in after)}" if after else ""
    return f"Module `{device.module}`{shape}{initialised}.\n\n{table(device)}"


def page(home: str) -> tuple[str, list[str]]:
    """A kind's page, and the names on it."""
    module = import_module(home)
    docs = docstrings(module)
    names = [name for name in HOMES if HOMES[name] == home and not inspect.isclass(getattr(m, name))]
    types = [name for name in names if isinstance(getattr(m, name), Type)]
    order = {name: number for number, name in enumerate(vars(module))}
    rest = sorted((name for name in names if name not in types), key=lambda name: order[name])
    text = f"{HEAD}# {home.rpartition('.')[2]}\n\n{inspect.cleandoc(str(module.__doc__))}\n\n"
    text += "".join(f"Type `{name}`: {docs[name]}\n\n" for name in sorted(types))
    for name in rest:
        value = getattr(m, name)
        text += entry(name, inspect.cleandoc(str(value.__doc__)) if inspect.isfunction(value) else docs[name])
    return text.rstrip() + "\n", [*sorted(types), *rest]


def pages() -> dict[str, str]:
    """Every page, by file name."""
    found, lines = {}, []
    for home in KINDS:
        kind = home.rpartition(".")[2]
        found[f"{kind}.md"], names = page(home)
        summary = str(import_module(home).__doc__).splitlines()[0]
        lines.append(f"| [{kind}]({kind}.md) | {summary} | {', '.join(f'`{name}`' for name in names)} |\n")
    root = m.register("documented", [noop]).root
    found["index.md"] = (
        f"{HEAD}# The devices\n\nThose of MirageOS 3.3, under its own names: `from mirage_devices import …`.\n\n"
        f"| kind | | names |\n|---|---|---|\n{''.join(lines)}\n"
        f"Targets: {', '.join(m.TARGETS)}.\n\n## Of every unikernel\n\n{table(root)}{keys(root.keys, grouped=False)}"
    )
    return found


def main() -> int:
    """Write the pages, or with `--check` say what is stale; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    check: bool = parser.parse_args().check
    try:
        wanted = pages()
    except FunctoriaError as error:
        print(error, file=sys.stderr)
        return 1
    there = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    stale = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    if check:
        for name in stale:
            print(f"docs/devices/{name} is stale: run python docs/generate_devices.py", file=sys.stderr)
        return 1 if stale else 0
    PAGES.mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (PAGES / name).write_text(wanted[name])
        else:
            (PAGES / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
