"""The tests' own libraries, installed according to the facts: names, requirements, archives, units, and what these need.

A unit has the implementation that the tests have for it, or else is empty. In both cases it refers to all units that its
archive needs according to the facts, so that a link here lacks the same units as with the real ones. What is too hard to
imitate comes from Debian: a package of `debian` requires what the facts say and what its newer release needs, and its archives
are the installed ones.
"""

from __future__ import annotations

import shutil
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.libraries import dune_package, findlib
from tests.libraries.facts import HERE, V3, V4, Archive, Record
from tests.tools import run

_COMPILER = ("ocamlfind", "ocamlopt")
_WARNINGS = "@1..3@5..28@30..39@43@46..47@49..57@61..62@69-40-41-42-44-45-48-58-59-60-66-67-70"


@frozen(slots=False)
class Tree:
    """The libraries made for one release."""

    record: Record
    sources: Path
    """The directory of implementations, with a file for each unit."""
    debian: tuple[str, ...]
    """The packages that come from Debian, including those of its compiler."""
    asked: tuple[str, ...]
    """The libraries that the unikernels of the tests use. Their requirements are installed with them."""
    target: frozenset[str]
    """The predicates by which archives are chosen."""
    more: dict[str, tuple[str, ...]]
    """Additional units of archives, for implementations of others, by the archives' paths."""
    tools: dict[str, str]
    """The programs that come with the libraries, with the source of each."""

    @cached_property
    def libraries(self) -> list[str]:
        """The installed libraries, each after its requirements."""
        return findlib.order(self.asked, self.target, self.record)

    @cached_property
    def archives(self) -> list[Archive]:
        """Return the archives that are made here, for `asked` and everything that they require."""
        return [
            self.record.archives[f"{self.record.libraries[name].directory}/{file}"]
            for name in self.libraries
            if not self._installed(name)
            for file in findlib.value(self.record.libraries[name], "archive", self.target)
        ]

    @cached_property
    def alternatives(self) -> list[Archive]:
        """Return those of `archives` that share a unit with another: implementations of one interface, or for other systems."""
        count = Counter(unit for archive in self.archives for unit in archive.provides)
        return [
            archive
            for archive in self.archives
            if self._virtual(archive) or any(count[u] > 1 for u in archive.provides)
        ]

    def _virtual(self, archive: Archive) -> bool:
        directories = {
            self.record.libraries[name].directory for name in self.record.virtual if name in self.record.libraries
        }
        return str(Path(archive.path).parent) in directories

    def units(self, archive: Archive) -> list[str]:
        """Return the units of `archive`."""
        return sorted({*archive.provides, *self.more.get(archive.path, ())})

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in sorted(self.sources.rglob("*.ml")):
            if path.name not in self.tools.values():
                found.setdefault(path.stem[:1].upper() + path.stem[1:], []).append(path)
        return found

    def implementation(self, unit: str, archive: Archive) -> Path | None:
        """Return the file of a unit: in the archive's own directory if there is one, else the only one."""
        files = self._files.get(unit, [])
        own = [path for path in files if path.parent == self.sources / Path(archive.path).parent]
        return own[0] if own else files[0] if len(files) == 1 else None

    def interfaces(self) -> list[Path]:
        """Return the interfaces of virtual libraries: files without an implementation beside them."""
        directories = {self.record.libraries[name].directory for name in self.libraries}
        found = [path for path in sorted(self.sources.rglob("*.mli")) if not path.with_suffix(".ml").exists()]
        return [path for path in found if str(path.parent.relative_to(self.sources)) in directories]

    def install(self, prefix: Path, workspace: Path) -> None:
        """Make the libraries, and the tools that come with them, below `prefix`; `workspace` is an empty directory to work in."""
        apart = self.alternatives
        together = [archive for archive in self.archives if archive not in apart]
        main = workspace / "main"
        main.mkdir()
        for path in self.interfaces():
            shutil.copy(path, main)
        self._compile(main, together, prefix)
        for number, archive in enumerate(apart):
            directory = workspace / str(number)
            directory.mkdir()
            self._compile(directory, [archive], prefix, main)
        for path in self.interfaces():
            for end in (".mli", ".cmi"):
                shutil.copy(
                    main / f"{path.stem}{end}", self._made(prefix / "lib" / path.parent.relative_to(self.sources))
                )
        installed = sorted({name.partition(".")[0] for name in self.libraries if not self._compilers(name)})
        packages = {name: self._package(name, self.record.packages[name]) for name in installed}
        findlib.write(prefix / "lib", packages, self.record)
        for name in installed:
            if any(library.partition(".")[0] == name for library in self.record.virtual):
                text = dune_package.text(name, self.record, self.libraries, self.target)
                (prefix / "lib" / name / "dune-package").write_text(text)
        self._made(prefix / "bin")
        for name, source in self.tools.items():
            # The compiler writes beside its source, which must not happen in the checkout.
            (path,) = self.sources.rglob(source)
            shutil.copy(path, workspace)
            run(*_COMPILER, source, "-o", prefix / "bin" / name, cwd=workspace)

    def _compile(self, directory: Path, archives: list[Archive], prefix: Path, others: Path | None = None) -> None:
        """Compile `archives` in `directory`, with the units in the directory `others`."""
        for archive in archives:
            for unit in self.units(archive):
                self._write(directory, unit, archive)
                interface = others / f"{_file(unit)}.cmi" if others else directory / "none"
                if interface.exists():
                    shutil.copy(interface, directory)
                    shutil.copy(interface.with_suffix(".mli"), directory)
        there = ("-I", str(others)) if others else ()
        written = sorted(path.name for path in directory.iterdir() if path.suffix in (".ml", ".mli"))
        known = {path.with_suffix(".mli").name for path in directory.glob("*.cmi")}
        files = run("ocamlfind", "ocamldep", "-sort", *written, cwd=directory).stdout.split()
        packages = ("-thread", "-package", ",".join([*self.debian, "ipaddr.unix", "lwt.unix"]))
        command = (*_COMPILER, *packages, *there, "-g", "-w", _WARNINGS, "-alert", "-all", "-strict-sequence", "-c")
        run(*command, *(file for file in files if file not in known), cwd=directory)
        order = [file.removesuffix(".ml") for file in files if file.endswith(".ml")]
        for archive in archives:
            path = prefix / "lib" / archive.path
            self._made(path.parent)
            mine = {_file(unit) for unit in self.units(archive)}
            if path.suffix == ".cmxa":
                run("ocamlopt", "-a", "-o", path, *(f"{name}.cmx" for name in order if name in mine), cwd=directory)
            for name in mine:
                for end in (".cmi", ".cmx", *((".o",) if path.suffix == ".cmx" else ())):
                    shutil.copy(directory / f"{name}{end}", path.parent)

    def _write(self, directory: Path, unit: str, archive: Archive) -> None:
        """Write the files of a unit: its implementation, and an alias of each unit that its archive needs, to have it linked."""
        source = self.implementation(unit, archive)
        aliases = "".join(f"module _ = {need}\n" for need in sorted(archive.needs))
        code = f'# 1 "{source}"\n{source.read_text()}' if source else ""
        (directory / f"{_file(unit)}.ml").write_text(aliases + code)
        if source and source.with_suffix(".mli").exists():
            shutil.copy(source.with_suffix(".mli"), directory / f"{_file(unit)}.mli")

    def _made(self, directory: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def _installed(self, name: str) -> bool:
        """Return whether the library comes from Debian, or from its compiler."""
        return name.partition(".")[0] in self.debian or self._compilers(name)

    def _compilers(self, name: str) -> bool:
        """Return whether the library comes with the compiler."""
        return name in self.record.libraries and self.record.libraries[name].directory[:1] in ("^", "+")

    def _package(self, name: str, found: Any) -> Any:
        """Return the META file of a package as recorded, but with the real place of archives for those of `debian`."""
        if name.partition(".")[0] not in self.debian:
            return found
        query = run("ocamlfind", "query", "-predicates", "native", "-format", "%d|%a|%(requires)", name, check=False)
        library = self.record.libraries[name]
        if query.returncode:
            return None if any(variable.name == "archive" for variable in library.variables) else found
        directory, archive, requires = query.stdout.strip().split("|")
        both = [*findlib.value(library, "requires", self.target), *requires.split()]
        variables = {"directory": directory, "requires": " ".join(dict.fromkeys(both)), "archive(native)": archive}
        inside = {sub: self._package(f"{name}.{sub}", one) for sub, one in found.get("packages", {}).items()}
        return {
            "vars": [[variable, [], "=", text] for variable, text in variables.items()],
            "packages": {sub: one for sub, one in inside.items() if one is not None},
        }


def _file(unit: str) -> str:
    return unit[:1].lower() + unit[1:]


_ASKED_3 = """
arp arp.mirage charrua-client-mirage charrua-core charrua-core.server charrua-core.wire cohttp-mirage conduit-lwt-unix dns
duration fat-filesystem fmt functoria-runtime io-page logs logs-syslog logs-syslog.mirage logs-syslog.mirage.tls lwt
magic-mime mirage-block-ramdisk mirage-block-unix mirage-bootvar-unix mirage-clock-unix mirage-conduit mirage-console-unix
mirage-fs-lwt mirage-fs-unix mirage-logs mirage-net-unix mirage-profile mirage-profile-unix mirage-random
mirage-random-stdlib mirage-runtime mirage-types mirage-types-lwt mirage-unix nocrypto nocrypto.lwt tar-mirage tcpip
tcpip.arpv4 tcpip.ethif tcpip.icmpv4 tcpip.ipv4 tcpip.ipv6 tcpip.stack-direct tcpip.stack-socket tcpip.tcp
tcpip.tcpv4-socket tcpip.udp tcpip.udpv4-socket tcpip.unix tls tls.mirage uri
"""
_ASKED_4 = """
arp.mirage bar base64.rfc2045 baz chamelon.kv charrua charrua-client.mirage charrua-server checkseum checkseum.c
cmdliner-stdlib cohttp-mirage conduit-lwt-unix conduit-mirage cstruct digestif digestif.c digestif.ocaml dns-client-mirage
docteur-solo5 docteur-unix duration ethernet fat-filesystem fmt foo.a foo.b git git-kv git-net h1 h2 happy-eyeballs-mirage
http-mirage-client httpaf-mirage hxd.core hxd.string logs-syslog.mirage logs-syslog.mirage.tls lwt magic-mime mimic
mimic-happy-eyeballs mirage-block-ccm mirage-block-ramdisk mirage-block-solo5 mirage-block-unikraft mirage-block-unix
mirage-block-xen.front mirage-bootvar mirage-bootvar.solo5 mirage-bootvar.unix mirage-bootvar.xen mirage-crypto
mirage-crypto-pk mirage-crypto-rng mirage-crypto-rng-mirage mirage-kv-mem mirage-kv-unix mirage-logs mirage-monitoring
mirage-mtime mirage-mtime.mock mirage-mtime.solo5 mirage-mtime.unikraft mirage-mtime.unix mirage-net-macosx
mirage-net-solo5 mirage-net-unikraft mirage-net-unix mirage-net-xen mirage-ptime mirage-ptime.mock mirage-ptime.solo5
mirage-ptime.unikraft mirage-ptime.unix mirage-qubes mirage-qubes-ipv4 mirage-runtime mirage-runtime.network mirage-sleep
mirage-sleep.solo5 mirage-sleep.unikraft mirage-sleep.unix mirage-solo5 mirage-unikraft mirage-unix mirage-xen ohex
paf.mirage ptime randomconv rresult tar-mirage tcpip tcpip.icmpv4 tcpip.ipv4 tcpip.ipv6 tcpip.stack-direct
tcpip.stack-socket tcpip.tcp tcpip.tcpv4v6-socket tcpip.udp tcpip.udpv4v6-socket tls-mirage uri utcp.mirage dune-build-info
"""
_DEBIAN = ("cmdliner", "cstruct", "duration", "fmt", "ipaddr", "logs", "lwt", "ocplib-endian")

OF_3 = Tree(
    record=V3,
    sources=HERE.parent / "ocaml",
    debian=_DEBIAN,
    asked=tuple(_ASKED_3.split()),
    target=frozenset([*findlib.HOSTED, "mirage_unix"]),
    more={"mirage-protocols-lwt/mirage_protocols_lwt.cmxa": ("Direct_layers",)},
    tools={"ocaml-crunch": "ocaml_crunch.ml"},
)
OF_4 = Tree(
    record=V4,
    sources=HERE.parent / "ocaml-4.11",
    debian=(*_DEBIAN, "domain-name", "macaddr"),
    asked=tuple(_ASKED_4.split()),
    target=frozenset(findlib.HOSTED),
    more={},
    tools={"ocaml-crunch": "ocaml_crunch.ml"},
)
