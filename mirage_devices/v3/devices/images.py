"""What is made of a directory when the project is built: names for it, and the dune rules.

Dune sees only some files (none in directories named `.*` or `_*`, none outside of the project), and does what files of its own
say, such as `dune`. So it is told to leave the directory alone. A rule lists what is there at each build, with a checksum of each
file, and what is made depends on the list. A directory that holds the project itself, such as `.`, is taken from a copy
without what building makes, and without directories named `.*` and `_*`: version control, dune's own.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from functoria import Info, arg, quote
from functoria.beside import OUTSIDE, place
from functoria.errors import InvalidValue
from functoria.sexp import Sexp, Verbatim

_WORD = re.compile(r"[a-z0-9_]*\Z", re.ASCII)
_LONGEST = 100
_PROMOTED: Sexp = ("mode", "promote-until-clean")
_IMAGES = "*_block*.img"
_PROJECT = "pwd | sed 's|\\(.*\\)/_build/.*|\\1|'"
"""Prints the directory of the project, from the one below its _build that rules run in."""
_LIST = r"""files=$(find -L . -type f -exec cksum {} +)
directories=$(find -L . -type d)
printf '%s\n' "$files" "$directories" | LC_ALL=C sort"""
"""Prints the names of all files with checksums, and those of all directories."""


def slug(stem: str, *parts: str) -> str:
    """A name for what is made of `parts`: `stem`, and as much of them as a name can hold; others for others.

    Of an absolute path it tells the end alone: the way to it is another on each machine.
    """
    text = "_".join(
        part.rstrip("/").rpartition("/")[2] if part.startswith("/") else part
        for part in parts
        if part not in (".", "*")
    )
    kept = re.sub(r"[^a-z0-9_]+", "_", text.lower(), flags=re.ASCII).strip("_")[:_LONGEST]
    name = f"{stem}_{kept}" if kept else stem
    if len(parts) > 1 or not _WORD.match(text) or kept != text or parts != (text,):
        distinct = zlib.crc32("\0".join(parts).encode(errors="surrogatepass"))
        return name if parts in ((".",), (".", "*")) else f"{name}_{distinct:08x}"
    return name


def directory(dir: object, of: str) -> str:
    """`dir`, the argument of the constructor `of`, if it is text and not empty; else InvalidValue."""
    name = arg.string.accept(dir, of=f"dir of {of}")
    if not name:
        raise InvalidValue(f"dir of {of} is empty: the project's own directory is '.'", objects=[dir])
    return name


def source(directory: str) -> str:
    """`directory` as a device's `sources` has it: a directory, which dune leaves alone."""
    return f"{directory.rstrip('/')}/"


def made_of(
    directory: str, target: str, action: Sexp, info: Info, more: Sequence[str] = (), *, promote: bool = True
) -> Iterator[Sexp]:
    """A rule that makes `target` of all files below `directory`, and again when they change.

    With `promote` it is put beside the sources, whenever the project is built: the unikernel opens it when it starts.
    """
    listed = f"{target.rpartition('.')[0]}.list"
    script = f"set -e\n{entered(directory, info)}\n{_LIST}"
    promoted = (_PROMOTED,) if promote else ()
    listing = ("with-stdout-to", listed, ("system", script))
    yield ("rule", ("targets", listed), ("deps", ("universe",)), ("action", listing))
    yield ("rule", ("targets", target), ("deps", listed, *more), *promoted, ("action", action))
    if promote:
        yield ("alias", ("name", "default"), ("deps", target))


def printed(tool: str, hint: str, directory: str, command: str, info: Info) -> Sexp:
    """The action whose target is what the shell `command` prints in `directory`, where `tool` is installed."""
    script = f"set -e\n{there(tool, hint, directory)}\n{entered(directory, info)}\n{command}"
    return ("with-stdout-to", Verbatim("%{targets}"), ("system", script))


def there(tool: str, hint: str, directory: str) -> str:
    """Shell code that stops with an error where `tool` is not there. `hint` says how it is installed."""
    missing = f"{tool} is not installed, but makes what the unikernel holds of {directory}: {hint}"
    return f"command -v {tool} >/dev/null || {{ echo {quote.sh(missing)} >&2; exit 1; }}"


def entered(directory: str, info: Info) -> str:
    """Shell code that goes to `directory`, or stops with an error where that is not there.

    Where the project is inside of it, the code goes to a copy, and sets a trap on EXIT.
    """
    absent = quote.sh(f"the directory {directory} does not exist")
    where = place(directory)
    if where is None:
        found = f"data={quote.sh(directory)}"
    else:
        found = f"data=$project/{quote.sh(where)}"
        if where.startswith(OUTSIDE):  # where it is linked, if the project is not beside the configuration
            found += f'\ntest -d "$data" || data=$project/{quote.sh(directory)}'
    around = where is None or where == "." or where.startswith(OUTSIDE)
    copied = (
        '\nproject=$(cd -- "$project" && pwd -P)\ndata=$(pwd -P)\n'
        f'case $project/ in\n"${{data%/}}"/*)\n{_copy(info)} ;;\nesac'
    )
    return (
        f"project=$({_PROJECT})\n{found}\n"
        f'test -d "$data" || {{ echo {absent} >&2; exit 1; }}\n'
        f'cd -- "$data"{copied if around else ""}'
    )


def _copy(info: Info) -> str:
    """Shell code that goes to a copy of the directory `data` without what building makes in `project`, which is inside."""
    below = "./$inside"
    kept_out = [
        *(f'"{below}"{quote.sh(_literal(name))}' for name in info.results),
        f'"{below}"{quote.sh(".functoria*")}',
    ]
    names = " ".join(f"! -path {name}" for name in kept_out)
    images = f'! \\( -path "{below}"{quote.sh(_IMAGES)} ! -path "{below}"{quote.sh("*/*")} \\)'
    return (
        # The project's own path there, as a pattern that matches it alone.
        "inside=${project#\"${data%/}\"}\ninside=$(printf '%s/' \"${inside#/}\" | sed 's|^/$||; s|[][*?\\\\]|\\\\&|g')\n"
        "copy=$(mktemp -d)\ntrap 'rm -rf \"$copy\"' EXIT\n"
        f"find -L . -type d -name '[._]?*' -prune -o -type f {names} {images} -print0 | "
        'tar --null -chf - -T - | tar -xf - -C "$copy"\ncd -- "$copy"'
    )


def _literal(name: str) -> str:
    """`name` as a pattern of find that matches it alone."""
    return re.sub(r"([\\*?\[])", r"\\\1", name)
