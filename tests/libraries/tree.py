"""Libraries of the tests' own, installed as the facts say: names, requirements, archives, units, and what these need.

A unit has the implementation that tests/ocaml has for it, or else holds nothing; either refers to all units that the facts
say its archive needs, so that a link misses here what it would miss there. What is beyond imitation is Debian's: a package
of `DEBIAN` requires what the facts say, and what else its newer release does, and its archives are the installed ones.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.libraries import findlib
from tests.libraries.facts import ARCHIVES, HERE, LIBRARIES, PACKAGES, Archive
from tests.tools import run

SOURCES = HERE.parent / "ocaml"
DEBIAN = ("cmdliner", "cstruct", "duration", "fmt", "ipaddr", "logs", "lwt", "ocplib-endian")
"""The packages that are Debian's, with its compiler's own."""
ASKED = (
    *(
        "arp",
        "arp.mirage",
        "charrua-client-mirage",
        "charrua-core",
        "charrua-core.server",
        "charrua-core.wire",
        "cohttp-mirage",
    ),
    *(
        "conduit-lwt-unix",
        "dns",
        "duration",
        "fat-filesystem",
        "fmt",
        "functoria-runtime",
        "io-page",
        "logs",
        "logs-syslog",
    ),
    *("logs-syslog.mirage", "logs-syslog.mirage.tls", "lwt", "magic-mime", "mirage-block-ramdisk", "mirage-block-unix"),
    *("mirage-bootvar-unix", "mirage-clock-unix", "mirage-conduit", "mirage-console-unix", "mirage-fs-lwt"),
    *("mirage-fs-unix", "mirage-logs", "mirage-net-unix", "mirage-profile", "mirage-profile-unix", "mirage-random"),
    *("mirage-random-stdlib", "mirage-runtime", "mirage-types", "mirage-types-lwt", "mirage-unix", "nocrypto"),
    *("nocrypto.lwt", "tar-mirage", "tcpip", "tcpip.arpv4", "tcpip.ethif", "tcpip.icmpv4", "tcpip.ipv4", "tcpip.ipv6"),
    *("tcpip.stack-direct", "tcpip.stack-socket", "tcpip.tcp", "tcpip.tcpv4-socket", "tcpip.udp", "tcpip.udpv4-socket"),
    *("tcpip.unix", "tls", "tls.mirage", "uri"),
)
"""The libraries that the unikernels of the tests ask for on unix. What these require is installed with them."""
MORE = {"mirage-protocols-lwt/mirage_protocols_lwt.cmxa": ("Direct_layers",)}
"""Units that archives have besides, for implementations of others."""
TARGET = frozenset([*findlib.HOSTED, "mirage_unix"])
_COMPILER = ("ocamlfind", "ocamlopt")
_WARNINGS = "@1..3@5..28@30..39@43@46..47@49..57@61..62@69-40-41-42-44-45-48-58-59-60-66-67-70"


def archives() -> list[Archive]:
    """The archives that are made here, of `ASKED` and of all that they require."""
    return [
        ARCHIVES[f"{LIBRARIES[name].directory}/{file}"]
        for name in findlib.order(ASKED, TARGET)
        if not _installed(name)
        for file in findlib.value(LIBRARIES[name], "archive", TARGET)
    ]


def units(archive: Archive) -> list[str]:
    """The units of `archive`."""
    return sorted({*archive.provides, *MORE.get(archive.path, ())})


def implementations() -> dict[str, Path]:
    """The units that have an implementation, and the file of each."""
    found = {path.stem[:1].upper() + path.stem[1:]: path for path in sorted(SOURCES.rglob("*.ml"))}
    return {unit: path for unit, path in found.items() if unit != "Ocaml_crunch"}


def install(prefix: Path, workspace: Path) -> None:
    """Make the libraries, and the tools that come with them, below `prefix`; `workspace` is an empty directory to work in."""
    made = archives()
    own = implementations()
    for archive in made:
        for unit in units(archive):
            _write(workspace, unit, archive, own.get(unit))
    names = sorted(path.name for path in workspace.iterdir())
    files = run("ocamlfind", "ocamldep", "-sort", *names, cwd=workspace).stdout.split()
    packages = ("-thread", "-package", ",".join([*DEBIAN, "ipaddr.unix", "lwt.unix"]))
    run(*_COMPILER, *packages, "-g", "-w", _WARNINGS, "-alert", "-all", "-strict-sequence", "-c", *files, cwd=workspace)
    order = [file.removesuffix(".ml") for file in files if file.endswith(".ml")]
    for archive in made:
        path = prefix / "lib" / archive.path
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = {_file(unit) for unit in units(archive)}
        if path.suffix == ".cmxa":
            run(*_COMPILER, "-a", "-o", path, *(f"{name}.cmx" for name in order if name in mine), cwd=workspace)
        for name in mine:
            for end in (".cmi", ".cmx", *((".o",) if path.suffix == ".cmx" else ())):
                shutil.copy(workspace / f"{name}{end}", path.parent)
    every = findlib.order(ASKED, TARGET)
    installed = sorted({name.partition(".")[0] for name in every if not _compilers(name)})
    findlib.write(prefix / "lib", {name: _package(name, PACKAGES[name]) for name in installed})
    (prefix / "bin").mkdir()
    # The compiler writes beside its source, which is not to be in the checkout.
    shutil.copy(SOURCES / "crunch/ocaml_crunch.ml", workspace)
    run(*_COMPILER, "ocaml_crunch.ml", "-o", prefix / "bin/ocaml-crunch", cwd=workspace)


def _file(unit: str) -> str:
    return unit[:1].lower() + unit[1:]


def _write(workspace: Path, unit: str, archive: Archive, source: Path | None) -> None:
    """The files of a unit: its implementation, and an alias of each unit that its archive needs, which links that."""
    aliases = "".join(f"module _ = {need}\n" for need in sorted(archive.needs))
    code = f'# 1 "{source}"\n{source.read_text()}' if source else ""
    (workspace / f"{_file(unit)}.ml").write_text(aliases + code)
    if source and source.with_suffix(".mli").exists():
        shutil.copy(source.with_suffix(".mli"), workspace / f"{_file(unit)}.mli")


def _installed(name: str) -> bool:
    """Whether the library is Debian's, or its compiler's."""
    return name.partition(".")[0] in DEBIAN or _compilers(name)


def _compilers(name: str) -> bool:
    """Whether the library comes with the compiler."""
    return name in LIBRARIES and LIBRARIES[name].directory[:1] in ("^", "+")


def _package(name: str, found: Any) -> Any:
    """What the META file of a package says: what is recorded, but for those of `DEBIAN` where their archives are."""
    if name.partition(".")[0] not in DEBIAN:
        return found
    query = run("ocamlfind", "query", "-predicates", "native", "-format", "%d|%a|%(requires)", name, check=False)
    if query.returncode:
        return None if any(variable.name == "archive" for variable in LIBRARIES[name].variables) else found
    directory, archive, requires = query.stdout.strip().split("|")
    both = [*findlib.value(LIBRARIES[name], "requires", TARGET), *requires.split()]
    variables = {"directory": directory, "requires": " ".join(dict.fromkeys(both)), "archive(native)": archive}
    inside = {sub: _package(f"{name}.{sub}", one) for sub, one in found.get("packages", {}).items()}
    return {
        "vars": [[variable, [], "=", text] for variable, text in variables.items()],
        "packages": {sub: one for sub, one in inside.items() if one is not None},
    }
