"""How unikernels are linked: the commands of link.sh, as MirageOS 3.3 runs them, and through the real dune."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from functoria import Impl, Info, Job, Main, foreign, job, package
from functoria import register as register_core
from functoria.sexp import Sexp
from mirage_devices import (
    block_of_file,
    generic_stackv4,
    netif,
    register,
    target,
    target_debug,
)
from mirage_devices.v3.backends import BACKENDS
from tests.tools import need, run

FREESTANDING = ["xen", "qubes", "virtio", "hvt", "muen", "genode"]
SOLO5 = FREESTANDING[2:]

# Each stand-in adds a line to the log: its name and its arguments, a byte 31 between them.
_RECORD = (
    "#!/bin/sh\nset -eu\n{ printf '%s' \"${0##*/}\"; for word; do printf '\\037%s' \"$word\"; done; echo; } >>LOG\n"
)
_MAKE_RESULT = 'while [ $# -gt 1 ]; do [ "$1" = -o ] && echo linked >"$2"; shift; done\n'
_TOOLS = {
    "ocamlfind": "printf 'LIB/gmp\\t-lgmp-kind @gmp-kind/libgmp.a\\nLIB/lwt\\t\\nLIB/net@work\\t -lnet  -L@net/stubs\\n'",
    "opam": '[ "$*" = "config var prefix" ] && echo PREFIX',
    "ld": _MAKE_RESULT,
    "solo5-ld": _MAKE_RESULT,
    "pkg-config": """\
case "$*" in
  "mirage-xen --static --libs") echo "-Lxen/lib -lxencaml -lminios" ;;
  "mirage-solo5 --static --libs") echo "-Lsolo5/lib -lmirage-solo5_bindings -lasmrun" ;;
  "mirage-xen-posix --cflags") echo "-DFOR=xen -I$(dirname "$0")/../headers" ;;
  "ocaml-freestanding --cflags") echo "-DFOR=solo5 -I$(dirname "$0")/../headers" ;;
  *--variable=ld) echo "$LINKER" ;;
  *--variable=ldflags) echo "-nostdlib -z max-page-size=0x1000 -static" ;;
  *--variable=ldpostflags) echo "-T solo5.lds libgcc.a" ;;
  *--variable=libdir) echo "PREFIX/lib/$1" ;;
  *) exit 1 ;;
esac
""",
    "gcc": '[ "$*" = -print-libgcc-file-name ] && echo /usr/lib/gcc/libgcc.a',
    "objcopy": 'echo image >"$4"',
    "uname": '[ "$*" = -m ] && echo "$MACHINE"',
    "solo5-hvt-configure": ": >Makefile.solo5-hvt",
    "make": "echo tender >solo5-hvt",
}
_C_OBJECTS = [
    *("-LLIB/gmp", "-lgmp-kind", "PREFIX/lib/gmp-kind/libgmp.a"),
    *("-LLIB/net@work", "-lnet", "-LPREFIX/lib/net/stubs"),
]
_XEN_LIBRARIES = ["-Lxen/lib", "-lxencaml", "-lminios"]
_SOLO5_LIBRARIES = ["-Lsolo5/lib", "-lmirage-solo5_bindings", "-lasmrun"]


def _stand_ins(root: Path, tools: Iterable[str] = _TOOLS) -> str:
    """Return a path on which the stand-ins come first."""
    directory = root / "bin"
    directory.mkdir()
    for name in tools:
        script = _RECORD.replace("LOG", f"'{root / 'log'}'") + _TOOLS[name].rstrip() + "\n"
        (directory / name).write_text(script)
        (directory / name).chmod(0o755)
    return f"{directory}:{os.environ['PATH']}"


def _recorded(root: Path, *tools: str) -> list[list[str]]:
    """Return the commands of `tools` that were run, each as a list of words."""
    lines = (root / "log").read_text().splitlines()
    return [words for words in (line.split("\x1f") for line in lines) if words[0] in tools]


def _app(*impls: Impl[Any], name: str = "http-fetch") -> Any:
    signature = job
    for impl in reversed(impls):
        signature = impl.signature >> signature
    main: Any = foreign("Unikernel.Main", signature)
    return register(name, [main(*impls)])


def _link(
    root: Path, context: dict[str, Any], *impls: Impl[Any], machine: str = "x86_64", linker: str = "solo5-ld"
) -> tuple[subprocess.CompletedProcess[str], Sequence[str]]:
    """Run link.sh as the dune rule does. Return its commands, and the libraries that were passed to it."""
    plan = _app(*impls).plan(context)
    (root / "link.sh").write_text(plan.files()["link.sh"])
    path = _stand_ins(root)
    result = plan.root.device.result(plan.info)
    done = run("sh", "link.sh", "main.o", result, *plan.libraries, cwd=root, PATH=path, MACHINE=machine, LINKER=linker)
    return done, plan.libraries


@pytest.mark.parametrize("target", ["xen", "qubes"])
def test_xen_links_with_ld_and_the_libraries_of_mirage_xen(tmp_path: Path, target: str) -> None:
    _link(tmp_path, {"target": target})
    assert _recorded(tmp_path, "ld", "objcopy", "gcc") == [
        ["ld", "-d", "-static", "-nostdlib", "main.o", *_C_OBJECTS, *_XEN_LIBRARIES, "-o", "http_fetch.xen"]
    ]
    assert (tmp_path / "http_fetch.xen").exists()


@pytest.mark.parametrize("machine", ["armv7l", "arm"])
def test_xen_on_arm_links_with_libgcc_and_makes_a_binary_image(tmp_path: Path, machine: str) -> None:
    _link(tmp_path, {"target": "xen"}, machine=machine)
    libraries = [*_C_OBJECTS, *_XEN_LIBRARIES, "/usr/lib/gcc/libgcc.a"]
    assert _recorded(tmp_path, "ld", "objcopy") == [
        ["ld", "-d", "-static", "-nostdlib", "main.o", *libraries, "-o", "http_fetch.elf"],
        ["objcopy", "-O", "binary", "http_fetch.elf", "http_fetch.xen"],
    ]


@pytest.mark.parametrize("target", SOLO5)
def test_solo5_links_with_the_flags_of_the_bindings(tmp_path: Path, target: str) -> None:
    _link(tmp_path, {"target": target})
    flags = ["-nostdlib", "-z", "max-page-size=0x1000", "-static"]
    objects = ["main.o", *_C_OBJECTS, *_SOLO5_LIBRARIES]
    assert _recorded(tmp_path, "ld", "solo5-ld") == [
        ["solo5-ld", *flags, *objects, "-o", f"http_fetch.{target}", "-T", "solo5.lds", "libgcc.a"]
    ]
    asked = [words[1:] for words in _recorded(tmp_path, "pkg-config")]
    bindings = f"solo5-bindings-{target}"
    wanted = [[bindings, f"--variable={name}"] for name in ("ld", "ldflags", "ldpostflags")]
    assert all(question in asked for question in wanted)
    assert {words[0] for words in asked} == {"mirage-solo5", bindings}


def test_solo5_links_with_ld_where_the_bindings_name_no_linker(tmp_path: Path) -> None:
    _link(tmp_path, {"target": "virtio"}, linker="")
    assert [words[0] for words in _recorded(tmp_path, "ld", "solo5-ld")] == ["ld"]


@pytest.mark.parametrize("target", FREESTANDING)
def test_libraries_are_asked_for_their_c_objects_in_order_of_dependency(tmp_path: Path, target: str) -> None:
    _, libraries = _link(tmp_path, {"target": target})
    variable = "xen_linkopts" if BACKENDS[target].family == "xen" else "freestanding_linkopts"
    assert _recorded(tmp_path, "ocamlfind") == [
        ["ocamlfind", "query", "-recursive", "-predicates", "native", "-format", f"%d\t%({variable})", *libraries]
    ]


_NET = netif("0")
_BLOCK = block_of_file("disk.img")


@pytest.mark.parametrize(
    ("impls", "debug", "modules"),
    [
        ((), False, []),
        ((_NET,), False, ["net"]),
        ((_BLOCK,), False, ["blk"]),
        ((_NET, _BLOCK), False, ["blk", "net"]),
        ((), True, ["gdb"]),
        ((_NET, _BLOCK), True, ["blk", "gdb", "net"]),
        ((generic_stackv4(_NET),), False, ["net"]),
    ],
)
def test_hvt_makes_its_tender_with_the_modules_in_use(
    tmp_path: Path, impls: tuple[Impl[Any], ...], debug: bool, modules: list[str]
) -> None:
    _link(tmp_path, {"target": "hvt", "target_debug": debug}, *impls)
    configure, make = _recorded(tmp_path, "solo5-hvt-configure", "make")
    assert configure[:2] == ["solo5-hvt-configure", "PREFIX/lib/solo5-bindings-hvt/src"]
    assert sorted(configure[2:]) == modules
    assert make == ["make", "-f", "Makefile.solo5-hvt", "solo5-hvt"]
    assert (tmp_path / "solo5-hvt").exists()


@pytest.mark.parametrize("target", [name for name in FREESTANDING if name != "hvt"])
def test_only_hvt_makes_a_tender(tmp_path: Path, target: str) -> None:
    _link(tmp_path, {"target": target}, _NET)
    assert _recorded(tmp_path, "solo5-hvt-configure", "make") == []


@pytest.mark.parametrize("target", FREESTANDING)
def test_pkg_config_looks_below_the_prefix_of_opam_first(tmp_path: Path, target: str) -> None:
    plan = _app().plan(target=target)
    (tmp_path / "link.sh").write_text(plan.files()["link.sh"])
    path = _stand_ins(tmp_path)
    looked = tmp_path / "looked"
    (tmp_path / "bin" / "pkg-config").write_text(f"#!/bin/sh\necho \"$PKG_CONFIG_PATH\" >'{looked}'\nexit 1\n")
    more: dict[str, Any] = {"PATH": path, "MACHINE": "x86_64", "PKG_CONFIG_PATH": "/mine"}
    run("sh", "link.sh", "main.o", "out", *plan.libraries, cwd=tmp_path, check=False, **more)
    assert looked.read_text() == "PREFIX/share/pkgconfig:PREFIX/lib/pkgconfig:/mine\n"


@pytest.mark.parametrize("tool", ["ocamlfind", "opam", "pkg-config", "ld"])
def test_a_tool_that_fails_stops_the_link(tmp_path: Path, tool: str) -> None:
    plan = _app().plan(target="xen")
    (tmp_path / "link.sh").write_text(plan.files()["link.sh"])
    path = _stand_ins(tmp_path)
    (tmp_path / "bin" / tool).write_text(f"#!/bin/sh\necho '{tool} is broken' >&2\nexit 3\n")
    command = ["sh", "link.sh", "main.o", "x.xen", *plan.libraries]
    done = run(*command, cwd=tmp_path, check=False, PATH=path, MACHINE="x86_64", LINKER="ld")
    assert done.returncode != 0
    assert f"{tool} is broken" in done.stderr
    assert not (tmp_path / "x.xen").exists()


@pytest.mark.parametrize("target", FREESTANDING)
def test_link_sh_passes_shellcheck(tmp_path: Path, target: str) -> None:
    need("shellcheck")
    (tmp_path / "link.sh").write_text(_app(_NET).plan(target=target).files()["link.sh"])
    run("shellcheck", tmp_path / "link.sh")
    run("sh", "-n", tmp_path / "link.sh")


@frozen(repr=False)
class Tiny(Main):
    """A root that is linked like the target's unikernels, without the packages that these need."""

    registered_by = target.registered_by  # to allow the keys of the targets
    own_packages = ()
    own_keys = (target, target_debug)

    def program(self, info: Info) -> Iterable[Sexp]:
        return BACKENDS[info.get(target)].program(info, [])

    def files(self, info: Info) -> Any:
        return BACKENDS[info.get(target)].files(info)

    def result(self, info: Info) -> str:
        return BACKENDS[info.get(target)].result(info)


def _library(root: Path, name: str, text: str) -> None:
    directory = root / "lib" / name
    directory.mkdir(parents=True)
    (directory / "META").write_text(f'version = "1.0"\narchive(byte) = ""\narchive(native) = ""\n{text}\n')


@pytest.mark.parametrize("target", FREESTANDING)
def test_dune_compiles_and_links_a_unikernel(tmp_path: Path, target: str) -> None:
    need("dune", "ocamlfind", "ocamlopt", "ld", "nm")
    _library(tmp_path, "upper", 'requires = "lower"\nxen_linkopts = "-lux"\nfreestanding_linkopts = "-luf @upper/u.a"')
    _library(tmp_path, "lower", 'xen_linkopts = "-llx @lower/l.a"\nfreestanding_linkopts = "-llf"')
    main: Impl[Job] = foreign("Unikernel", job, packages=[package("upper")])
    plan = register_core("tiny", [main], main=Tiny).plan(target=target)
    project = tmp_path / "project"
    plan.write(project)
    (project / "unikernel.ml").write_text('let start = print_endline "started"\n')
    path = _stand_ins(tmp_path, [tool for tool in _TOOLS if tool not in ("ocamlfind", "gcc", "ld")])
    # The compiler makes main.o with the real ld. The stand-in sees later links, and passes the other calls on.
    linker = tmp_path / "bin" / "ld"
    passed_on = f'set -eu\n[ "$1" = -d ] || exec {shutil.which("ld")} "$@"\n'
    linker.write_text((tmp_path / "bin" / "solo5-ld").read_text().replace("set -eu\n", passed_on))
    linker.chmod(0o755)
    more: dict[str, Any] = {"PATH": path, "OCAMLPATH": str(tmp_path / "lib"), "MACHINE": "x86_64", "LINKER": "solo5-ld"}
    run("dune", "build", "--root", ".", cwd=project, **more)
    result = project / f"tiny.{'xen' if BACKENDS[target].family == 'xen' else target}"
    assert result.read_text() == "linked\n"
    assert (project / "solo5-hvt").exists() == (target == "hvt")
    (words,) = _recorded(tmp_path, "ld", "solo5-ld")
    library = tmp_path / "lib"
    objects = (
        [f"-L{library}/lower", "-llx", "PREFIX/lib/lower/l.a", f"-L{library}/upper", "-lux"]
        if BACKENDS[target].family == "xen"
        else [f"-L{library}/lower", "-llf", f"-L{library}/upper", "-luf", "PREFIX/lib/upper/u.a"]
    )
    start = words.index("main.o") + 1
    assert words[start : start + len(objects)] == objects
    symbols = run("nm", project / "_build" / "default" / "main.o").stdout
    assert "caml_program" in symbols
    assert "camlUnikernel" in symbols
    (project / "unikernel.ml").write_text('let start = print_endline "again"\n')
    run("dune", "build", "--root", ".", cwd=project, **more)
    assert len(_recorded(tmp_path, "ld", "solo5-ld")) == 2
    run("dune", "clean", "--root", ".", cwd=project, **more)
    assert not result.exists()


@pytest.mark.parametrize("target", ["xen", "hvt"])
def test_c_code_of_one_s_own_is_compiled_for_the_target_and_linked(tmp_path: Path, target: str) -> None:
    need("dune", "ocamlfind", "ocamlopt", "ld", "nm")
    main: Impl[Job] = foreign("Unikernel", job, libraries=["own"])
    plan = register_core("tiny", [main], main=Tiny).plan(target=target)
    home, project = tmp_path / "home", tmp_path / "project"
    (home / "lib").mkdir(parents=True)
    family = BACKENDS[target].family
    (tmp_path / "headers").mkdir()
    (tmp_path / "headers" / "target.h").write_text(f"#define xen 1\n#define solo5 2\n#define WANTED {family}\n")
    check = "#include <caml/mlvalues.h>\n#include <target.h>\n#if FOR != WANTED\n#error other\n#endif\n"
    (home / "stubs.c").write_text(f"{check}value mine(value unit) {{ return unit; }}\n")
    (home / "unikernel.ml").write_text('external mine : unit -> unit = "mine"\nlet start = mine (Own.its ())\n')
    (home / "lib" / "dune").write_text("(library (name own) (c_names own_c))\n")
    (home / "lib" / "own.ml").write_text('external its : unit -> unit = "its"\n')
    (home / "lib" / "own_c.c").write_text("#include <caml/mlvalues.h>\nvalue its(value unit) { return unit; }\n")
    plan.write(project, sources=home)
    path = _stand_ins(tmp_path, [tool for tool in _TOOLS if tool not in ("ocamlfind", "gcc", "ld")])
    linker = tmp_path / "bin" / "ld"
    passed_on = f'set -eu\n[ "$1" = -d ] || exec {shutil.which("ld")} "$@"\n'
    linker.write_text((tmp_path / "bin" / "solo5-ld").read_text().replace("set -eu\n", passed_on))
    linker.chmod(0o755)
    more: dict[str, Any] = {"PATH": path, "MACHINE": "x86_64", "LINKER": "solo5-ld"}
    run("dune", "build", "--root", ".", cwd=project, **more)
    (words,) = _recorded(tmp_path, "ld", "solo5-ld")
    start = words.index("main.o") + 1
    assert words[start : start + 2] == ["lib/libown_stubs.a", "./libunikernel_objects_stubs.a"]
    build = project / "_build" / "default"
    defined = "".join(run("nm", build / archive).stdout for archive in words[start : start + 2])
    assert " T its\n" in defined
    assert " T mine\n" in defined


def _compiled(root: Path, name: str, text: str, meta: str) -> None:
    """Install a library `name` of one module for ocamlfind."""
    directory = root / "lib" / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{name}.ml").write_text(text)
    (directory / "META").write_text(f'version = "1.0"\n{meta}\n')
    compiler = ["ocamlfind", "ocamlopt"]
    run(*compiler, "-package", "unix", "-c", f"{name}.ml", cwd=directory)
    run(*compiler, "-a", "-o", f"{name}.cmxa", f"{name}.cmx", cwd=directory)


@pytest.mark.parametrize("target", ["unix", "macosx"])
def test_a_process_is_linked_by_ocamlfind_with_predicates_and_threads(tmp_path: Path, target: str) -> None:
    need("dune", "ocamlfind", "ocamlopt")
    answer = "let[@inline never] text () = string_of_int (%d + Array.length Sys.argv)\n"
    only_here = 'archive(native,mirage_unix) = "shim.cmxa"'
    _compiled(tmp_path, "shim", answer % 1, only_here)
    _compiled(tmp_path, "clock", "let now = Unix.time\n", 'archive(native) = "clock.cmxa"')  # it does not require unix
    main: Impl[Job] = foreign("Unikernel", job, packages=[package("clock"), package("shim")])
    plan = register_core("tiny", [main], main=Tiny).plan(target=target)
    sources, project = tmp_path / "sources", tmp_path / "project"
    sources.mkdir()
    (sources / "unikernel.ml").write_text("let start = ignore (Clock.now ()); print_endline (Shim.text ())\n")
    (sources / "config.ml").write_text("open Mirage (* the configuration as MirageOS 3.3 had it *)\n")
    plan.write(project, sources=sources)
    assert (project / "config.ml").exists()
    build = ["dune", "build", "--root", "."]
    done = run(*build, cwd=project, OCAMLPATH=str(tmp_path / "lib"))
    assert done.stdout + done.stderr == ""
    assert run(project / "tiny").stdout == "2\n"
    made = (project / "tiny").stat().st_mtime_ns
    run(*build, cwd=project, OCAMLPATH=str(tmp_path / "lib"))
    assert (project / "tiny").stat().st_mtime_ns == made
    # Installed libraries may change without any change to an interface or to a file of the project.
    _compiled(tmp_path, "shim", answer % 2, only_here)
    run(*build, cwd=project, OCAMLPATH=str(tmp_path / "lib"))
    assert run(project / "tiny").stdout == "3\n"
    run("dune", "clean", "--root", ".", cwd=project)
    assert not (project / "tiny").exists()
    assert (project / "config.ml").exists()
