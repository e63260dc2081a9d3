"""Stand-ins for tools of other systems that Debian does not have: two toolchains, and two programs.

Each toolchain uses the building machine's own compiler. Like the real ones, it must be told when linking which interface or
backend of the system is meant, and has no library unix for Solo5. Its results are programs of the building machine.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from tests.ocaml_runtime import Runtime
from tests.tools import run

_COMPILER = """\
#!/bin/sh
# Passes all on to {tool} but what is for the system's own linker, without which it refuses to link a program.
case " $* " in *" -c "*) exec {tool} "$@" ;; esac
given= last= output=
for word do
  shift
  case $word in
    "-z {system}-"*=*) given=1 ;;
    -cclib) ;;
    */unix.cmxa)
      [ {system} != solo5 ] || {{ echo "{tool} of {system}: it has no library unix" >&2; exit 2; }}
      set -- "$@" "$word"
      ;;
    *)
      [ "$last" != -cclib ] || set -- "$@" -cclib
      [ "$last" != -o ] || output=$word
      set -- "$@" "$word"
      ;;
  esac
  last=$word
done
case $output in
  *.exe) [ -n "$given" ] || {{ echo "{tool} of {system}: of which kind is $output to be?" >&2; exit 2; }} ;;
esac
exec {tool} "$@"
"""
_TOOLS = {
    # Like solo5's own, it expects the devices in a manifest, and writes them as C.
    "solo5-elftool": """\
#!/bin/sh
[ "$1 $#" = "gen-manifest 3" ] || exit 2
grep -q '"type": *"solo5.manifest"' "$2" || { echo "solo5-elftool: $2 is not a manifest" >&2; exit 1; }
printf 'const char manifest[] = "%s";\\n' "$(grep -o '"type": *"[A-Z_]*"' "$2" | tr -d '"' | tr '\\n' ' ')" >"$3"
""",
    # Records from what, and where, the image would be made.
    "docteur.make": """\
#!/bin/sh
for last do :; done
echo "$*" >"$last"
""",
}
SYSTEMS = ("solo5", "unikraft")
_LINKERS = ("ocamlc", "ocamlopt")
_OTHERS = ("ocamldep", "ocamlmklib", "ocamlobjinfo", "ocamlmktop")


def variables(runtime: Runtime, directory: Path) -> dict[str, Any]:
    """Return the environment in which dune finds the toolchains and the tools; they are made in `directory` if necessary."""
    bin, conf = directory / "bin", directory / "findlib.conf"
    if not conf.exists():
        bin.mkdir(parents=True)
        for name, script in _TOOLS.items():
            _program(bin / name, script)
        (directory / "findlib.conf.d").mkdir()
        for system in SYSTEMS:
            (directory / "findlib.conf.d" / f"{system}.conf").write_text(_toolchain(runtime, bin, system))
        conf.write_text(f'path="{os.pathsep.join(_debian())}"\ndestdir="{directory}"\n')
    found = runtime.variables
    return {**found, "OCAMLFIND_CONF": str(conf), "PATH": f"{bin}{os.pathsep}{found['PATH']}"}


def _debian() -> list[str]:
    return run("ocamlfind", "printconf", "path").stdout.split()


def _toolchain(runtime: Runtime, bin: Path, system: str) -> str:
    """Return the configuration of findlib for the toolchain of `system`."""
    lines = [
        f'path({system})="{os.pathsep.join([str(runtime.prefix / "lib"), *_debian()])}"',
        f'destdir({system})="{bin.parent}"',
        f'stdlib({system})="{run("ocamlfind", "printconf", "stdlib").stdout.strip()}"',
    ]
    for program in (*_LINKERS, *_OTHERS):
        found = shutil.which(program)
        if found:
            path = bin / f"{system}-{program}"
            if program in _LINKERS:
                _program(path, _COMPILER.format(tool=found, system=system))
            else:
                path.symlink_to(found)
            lines.append(f'{program}({system})="{path}"')
    return "\n".join(lines) + "\n"


def _program(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o755)
