"""Writes docs/devices and docs/devices-4.11, a page for each kind of device, from the code.

With `--check` it only reports stale pages, and fails if there are any.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from attr import evolve, frozen

import mirage_devices as v3
from functoria import Device, FunctoriaError, Impl, Info, Key, Package, Type, Unsupported, Value
from functoria.impl import Application, Choice
from mirage_devices import v4

HEAD = "<!-- Made by docs/generate_devices.py from the code: change the docstrings there. -->\n\n"


def samples_of_3_3() -> dict[str, Any]:
    """Return an argument for each parameter of a constructor without a default, by the parameter's name or by both names."""
    net = v3.netif("0")
    eth = v3.etif(net)
    ip = v3.create_ipv4(eth, v3.arp(eth))
    store = v3.ramdisk("NAME")
    return {
        "addresses": [],
        "arp": v3.arp(eth),
        "block": store,
        "conduit": v3.conduit_direct(v3.static_ipv4_stack(net)),
        "config": v3.ipv6_config([]),
        "db": v3.default_qubesdb,
        "eth": eth,
        "fs": v3.fat(store),
        "ip": ip,
        "ips": [],
        "kv": v3.crunch("DIR"),
        "net": net,
        "network": "10.0.0.2/24",
        "size": 1_000_000,
        "stack": v3.static_ipv4_stack(net),
        **{name: name.upper() for name in ("dev", "file", "hostname", "id", "name")},
        "dir": "htdocs",
    }


def samples_of_4_11() -> dict[str, Any]:
    """Return the same for 4.11."""
    net = v4.netif("0")
    eth = v4.ethif(net)
    arp = v4.arp(eth)
    ipv4, ipv6 = v4.create_ipv4(eth, arp), v4.create_ipv6(net, eth)
    stack = v4.direct_stackv4v6(net, eth, arp, ipv4, ipv6)
    he = v4.generic_happy_eyeballs(stack)
    dns = v4.generic_dns_client(stack, he)
    mimic = v4.mimic_happy_eyeballs(stack, he, dns)
    tcp = v4.tcpv4v6_of_stackv4v6(stack)
    own = v4.runtime_arg("Unikernel.argument")
    return {
        "arp": arp,
        "block": v4.ramdisk("NAME"),
        "code": 15,
        "conduit": v4.conduit_direct(stack),
        "db": v4.default_qubesdb,
        "directory": "htdocs",
        "direct_icmpv4 ip": ipv4,
        "dns": dns,
        "eth": eth,
        "he": he,
        "ip": v4.create_ipv4v6(ipv4, ipv6),
        "ipv4": ipv4,
        "ipv6": ipv6,
        "key": own,
        "kv": v4.crunch("DIR"),
        "mimic": mimic,
        "net": net,
        "one": v4.git_tcp(tcp, mimic),
        "port": own,
        "program_block_size": own,
        "remote": "https://example.org/data.git",
        "requests": v4.make_dhcp_requests(),
        "resolver": v4.resolver_dns(stack),
        "stack": stack,
        "tcp": tcp,
        "two": v4.git_tcp(tcp, mimic),
        **{name: name.upper() for name in ("dev", "file", "id", "name")},
    }


@frozen
class Release:
    """A release of MirageOS, and the sources of its pages."""

    title: str
    module: Any
    folder: str
    """The directory of its pages, relative to this script."""
    samples: Mapping[str, Any]
    information: Mapping[str, Info]
    """The information that devices get on each target."""
    root: Any

    @classmethod
    def of(cls, title: str, module: Any, folder: str, samples: Mapping[str, Any]) -> Release:
        """Return the release whose catalogue is `module`."""
        more = {"src": None} if module is v4 else {}
        app = module.register("documented", [module.noop], **more)
        return cls(title, module, folder, samples, {t: app.plan(target=t).info for t in module.TARGETS}, app.root)

    @property
    def homes(self) -> dict[str, str]:
        """Return the modules of devices in which names are defined."""
        prefix = f"mirage_devices.{'v4' if self.module is v4 else 'v3'}.devices."
        return {name: home for name, home in self.module.__dict__["_HOME"].items() if home.startswith(prefix)}


def docstrings(module: Any) -> dict[str, str]:
    """Return the text below each assignment of a module, by the assigned name."""
    body = ast.parse(inspect.getsource(module)).body
    found = {}
    for one, two in pairwise(body):
        target = (
            one.targets[0] if isinstance(one, ast.Assign) else one.target if isinstance(one, ast.AnnAssign) else None
        )
        if isinstance(target, ast.Name) and isinstance(two, ast.Expr) and isinstance(two.value, ast.Constant):
            found[target.id] = inspect.cleandoc(str(two.value.value))
    return found


def made(release: Release, constructor: Any) -> Any:
    """Return the result of `constructor` for sample arguments, or `constructor` itself if it has no parameters."""
    if not inspect.isfunction(constructor):
        return constructor
    required = [p for p in inspect.signature(constructor).parameters.values() if p.default is p.empty]
    samples = {
        p.name: release.samples.get(f"{constructor.__name__} {p.name}", release.samples.get(p.name)) for p in required
    }
    given = {p.name: samples[p.name] for p in required if p.kind is p.KEYWORD_ONLY}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old names are on a page too
        return constructor(*(sample for name, sample in samples.items() if name not in given), **given)


def heads(impl: Any) -> Iterator[Any]:
    """Yield the devices that may be at the head of `impl`, through applications and choices, including choices of keys."""
    if isinstance(impl, Application):
        yield from heads(impl.head)
    elif isinstance(impl, Choice):
        yield impl
        for branch in impl.branches:
            yield from heads(branch)
    else:
        yield impl


def packages(device: Any, info: Info) -> Sequence[Package]:
    """Return the packages that `device` itself declares."""
    wanted: Sequence[Package] | Value[Sequence[Package]] = device.packages
    return wanted.evaluate(info.get) if isinstance(wanted, Value) else wanted


def on_target(device: Any, info: Info) -> list[str]:
    """Return the packages of `device`, or that it has none, or that it is refused."""
    own = [key for key in device.keys if key.name not in info.context]
    info = evolve(info, keys=(*info.keys, *own), context={**info.context, **{key.name: key.default for key in own}})
    try:
        device.configure(info)
    except Unsupported:
        return ["refused"]
    return [f"`{wanted}`{_libraries(wanted)}" for wanted in packages(device, info)] or ["none"]


def _libraries(wanted: Package) -> str:
    if wanted.build or wanted.libraries == (wanted.name,):
        return ""
    return f" with {', '.join(wanted.libraries)}" if wanted.libraries else ", no library"


def table(release: Release, device: Any) -> str:
    """Return the packages of `device`: first those for all targets, then the others, grouping targets with equal packages."""
    by = {target: on_target(device, info) for target, info in release.information.items()}
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
    """Return the keys, one per line."""
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


def signature(release: Release, name: str, constructor: Any) -> str:
    """Return how `constructor` is called, with the names of its defaults."""
    if not inspect.isfunction(constructor):
        return name
    parameters = list(inspect.signature(constructor).parameters.values())
    words = [_parameter(release, parameter) for parameter in parameters]
    starred = next((place for place, p in enumerate(parameters) if p.kind is p.KEYWORD_ONLY), None)
    if starred is not None:
        words.insert(starred, "*")
    return f"{name}({', '.join(words)})"


def _parameter(release: Release, parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return parameter.name
    default = parameter.default
    homes = () if isinstance(default, (str, int)) else release.homes
    named = [name for name in homes if getattr(release.module, name) is default]
    plain = json.dumps(default) if isinstance(default, str) else repr(default)
    shown = named[0] if named else plain if isinstance(default, (str, int, type(None))) else "..."
    return f"{parameter.name}={shown}"


def entry(release: Release, name: str, doc: str) -> str:
    """Return the part of a page on one constructor."""
    constructor = getattr(release.module, name)
    text = f"## {name}\n\n```python\n{signature(release, name, constructor)}\n```\n\n{doc}\n\n"
    if _takes_types(constructor):
        return text
    impl = made(release, constructor)
    impls = impl if isinstance(impl, tuple) else (impl,)
    if not all(isinstance(each, Impl) for each in impls):
        return text
    text += f"Type: {' and '.join(f'`{each.signature}`' for each in impls)}.\n\n"
    found = list(dict.fromkeys(head for each in impls for head in heads(each)))
    choices = [key for choice in found if isinstance(choice, Choice) for key in (*choice.keys, *choice.selector.keys)]
    choices = [key for key in choices if key not in release.root.keys]
    grouped = inspect.isfunction(constructor) and "group" in inspect.signature(constructor).parameters
    text += keys(choices, grouped=grouped)
    text += applied(impls[0])
    described: dict[str, None] = {}
    for device in found:
        if isinstance(device, Device):
            described[describe(release, device) + keys(device.keys, grouped=grouped)] = None
    return text + "".join(described)


def _takes_types(constructor: Any) -> bool:
    """Return whether it makes a type from types, so that it does not construct devices."""
    return inspect.isfunction(constructor) and "Type[" in str(inspect.signature(constructor).return_annotation)


def applied(impl: Any) -> str:
    """Return the arguments of the functor of `impl`, by the modules that each may be."""
    arguments = []
    while isinstance(impl, Application):
        modules = dict.fromkeys(f"`{head.module}`" for head in heads(impl.argument) if isinstance(head, Device))
        arguments.append(" or ".join(modules))
        impl = impl.functor
    return f"Applied, for instance, to {', '.join(reversed(arguments))}.\n\n" if arguments else ""


def describe(release: Release, device: Any) -> str:
    """Return the module, signature, dependencies, runtime arguments and packages of `device`."""
    shape = f", a functor `{device.type}`" if device.type.parameters else ""
    after = [next(head for head in heads(dep) if isinstance(head, Device)).module for dep in device.deps]
    initialised = f", initialised after {', '.join(f'`{module}`' for module in after)}" if after else ""
    return f"Module `{device.module}`{shape}{initialised}.\n\n{runtime(device)}{table(release, device)}"


def runtime(device: Any) -> str:
    """Return the runtime arguments of `device`."""
    codes = [f"`{argument.code}`" for argument in getattr(device, "runtime_args", ())]
    return f"Runtime arguments: {', '.join(codes)}.\n\n" if codes else ""


def page(release: Release, home: str) -> tuple[str, list[str]]:
    """Return the page for a kind, and the names on it."""
    module = import_module(home)
    docs = docstrings(module)
    homes = release.homes
    names = [name for name in homes if homes[name] == home and not inspect.isclass(getattr(release.module, name))]
    types = [name for name in names if isinstance(getattr(release.module, name), Type)]
    order = {name: number for number, name in enumerate(vars(module))}
    rest = sorted((name for name in names if name not in types), key=lambda name: order[name])
    text = f"{HEAD}# {home.rpartition('.')[2]}\n\n{inspect.cleandoc(str(module.__doc__))}\n\n"
    text += "".join(f"Type `{name}`: {docs[name]}\n\n" for name in sorted(types))
    for name in rest:
        value = getattr(release.module, name)
        doc = inspect.cleandoc(str(value.__doc__)) if inspect.isfunction(value) else docs[name]
        text += entry(release, name, doc)
    return text.rstrip() + "\n", [*sorted(types), *rest]


def pages(release: Release) -> dict[str, str]:
    """Return every page of a release, by file name."""
    found, lines = {}, []
    for home in sorted(set(release.homes.values())):
        kind = home.rpartition(".")[2]
        text, names = page(release, home)
        if names:
            found[f"{kind}.md"] = text
            summary = str(import_module(home).__doc__).splitlines()[0]
            lines.append(f"| [{kind}]({kind}.md) | {summary} | {', '.join(f'`{name}`' for name in names)} |\n")
    root = release.root
    others = "".join(
        f" Those of {other.title}: [{other.folder}](../{other.folder}/index.md)."
        for other in RELEASES
        if other is not release
    )
    where = f"`from {release.module.__name__} import …`"
    found["index.md"] = (
        f"{HEAD}# The devices\n\nThose of {release.title}, under its own names: {where}.{others}\n\n"
        f"| kind | | names |\n|---|---|---|\n{''.join(lines)}\n"
        f"Targets: {', '.join(release.module.TARGETS)}.\n\n## Of every unikernel\n\n"
        f"{table(release, root)}{keys(root.keys, grouped=False)}"
    )
    return found


RELEASES = (
    Release.of("MirageOS 3.3", v3, "devices", samples_of_3_3()),
    Release.of("MirageOS 4.11", v4, "devices-4.11", samples_of_4_11()),
)


def main() -> int:
    """Write the pages, or report stale ones with `--check`; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    check: bool = parser.parse_args().check
    stale = False
    try:
        for release in RELEASES:
            stale |= _write(Path(__file__).parent / release.folder, pages(release), check=check)
    except FunctoriaError as error:
        print(error, file=sys.stderr)
        return 1
    return 1 if stale and check else 0


def _write(folder: Path, wanted: Mapping[str, str], *, check: bool) -> bool:
    """Return whether a page in `folder` is stale; update it, except with `check`."""
    there = {path.name: path.read_text() for path in folder.glob("*.md")}
    stale = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    for name in stale:
        if check:
            print(f"docs/{folder.name}/{name} is stale: run python docs/generate_devices.py", file=sys.stderr)
        elif name in wanted:
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(wanted[name])
        else:
            (folder / name).unlink()
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
