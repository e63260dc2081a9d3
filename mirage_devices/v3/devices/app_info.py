"""Information in a unikernel on its own build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from functoria import File, Impl, Info, info, package, quote
from functoria.emit.emitter import header
from functoria.sexp import Sexp
from functoria.types import Info as InfoLabel
from mirage_devices.v3.device import Device

if TYPE_CHECKING:
    from functoria import Package

_SCRIPT = r"""#!/bin/sh
{header}# Prints the OCaml module Info_gen: the unikernel's name, its packages with their versions, its libraries.
set -eu
command -v opam >/dev/null || {{ echo "$0: opam is not installed: it knows the versions of packages" >&2; exit 1; }}
# What opam does not have, for it was installed otherwise, is asked no further: opam fails for a name that it does not know.
own=$(opam list --installed --columns=name --short --normalise --separator=' ' {required})
installed=
if [ -n "$own" ]; then
  installed=$(opam list --installed --recursive --required-by="$(printf '%s\n' "$own" | paste -sd, -)" \
    --columns=name,version --short --normalise --separator=' ')
fi
quoted() {{ sed 's/\\/\\\\/g; s/"/\\"/g'; }}
echo 'let info = {{ Mirage_info.'
cat <<'END'
  name = {name};
  libraries = {libraries};
END
echo '  packages = ['
printf '%s\n' "$installed" | LC_ALL=C sort -u | quoted | while read -r name version; do
  if [ -n "$name" ]; then printf '    "%s", "%s";\n' "$name" "$version"; fi
done
echo '  ] }}'
"""


class AppInfo(Device[InfoLabel]):
    """The record of a module that the build makes, when opam knows what is installed."""

    type = info
    module = "Info_gen"
    name = "info"
    packages: tuple[Package, ...] = (package("functoria-runtime"),)

    def files(self, info: Info) -> Mapping[str, str | File]:
        names = " ".join(quote.sh(wanted.name) for wanted in info.packages if not wanted.build)
        libraries = "[%s]" % "; ".join(quote.ocaml(library) for library in info.libraries)
        script = _SCRIPT.format(header=header("#"), name=quote.ocaml(info.name), libraries=libraries, required=names)
        return {"info_gen.sh": File(script, executable=True)}

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Write info_gen.ml in every build, because no file of the workspace changes with the installed packages."""
        yield (
            "rule",
            ("targets", "info_gen.ml"),
            ("deps", "info_gen.sh", ("universe",)),
            ("action", ("with-stdout-to", "info_gen.ml", ("run", "sh", "info_gen.sh"))),
        )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"return {module}.info"


app_info: Impl[InfoLabel] = AppInfo()
"""Information in a unikernel on its own build: its name, the installed packages with their versions, and its libraries."""
