"""Directories that devices take as they are: the dune rules that make something of all files in one.

dune does not see all files (none in directories named `.*` or `_*`, none outside of the project), and it would interpret files
such as `dune`. So it is made to ignore the directory. In each build a rule lists the files there with their checksums, and what
is made depends on that list. If the directory contains the project itself, as `.` does, it is made from a copy without
the build's products and without directories named `.*` and `_*`, such as those of version control and dune.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from functoria import Info, quote
from functoria.beside import OUTSIDE, place
from functoria.sexp import Sexp

_PROMOTED: Sexp = ("mode", "promote-until-clean")
_IMAGES = "*_block*.img"
_PROJECT = "pwd | sed 's|\\(.*\\)/_build/.*|\\1|'"
"""Prints the directory of the project, from the directory below _build in which rules run."""
_LIST = r"""files=$(find -L . -type f -exec cksum {} +)
directories=$(find -L . -type d)
printf '%s\n' "$files" "$directories" | LC_ALL=C sort"""
"""Prints the names of all files with checksums, and those of all directories."""


def made_of(
    directory: str, target: str, action: Sexp, info: Info, more: Sequence[str] = (), *, promote: bool = True
) -> Iterator[Sexp]:
    """Return a rule that makes `target` from all files below `directory`, and again when they change.

    With `promote` it is copied beside the sources, because the unikernel opens it when it starts.
    """
    listed = f"{target.rpartition('.')[0]}.list"
    script = f"set -e\n{entered(directory, info)}\n{_LIST}"
    promoted = (_PROMOTED,) if promote else ()
    listing = ("with-stdout-to", listed, ("system", script))
    yield ("rule", ("targets", listed), ("deps", ("universe",)), ("action", listing))
    yield ("rule", ("targets", target), ("deps", listed, *more), *promoted, ("action", action))
    if promote:
        yield ("alias", ("name", "default"), ("deps", target))


def there(tool: str, hint: str, directory: str) -> str:
    """Return shell code that fails if `tool` is not installed. `hint` says how to install it."""
    missing = f"{tool} is not installed, but makes what the unikernel holds of {directory}: {hint}"
    return f"command -v {tool} >/dev/null || {{ echo {quote.sh(missing)} >&2; exit 1; }}"


def entered(directory: str, info: Info) -> str:
    """Return shell code that changes to `directory`, or fails if it does not exist.

    If the project is inside of it, the code changes to a copy instead, and sets a trap on EXIT.
    """
    absent = quote.sh(f"the directory {directory} does not exist")
    where = place(directory)
    if where is None:
        found = f"data={quote.sh(directory)}"
    else:
        found = f"data=$project/{quote.sh(where)}"
        if where.startswith(OUTSIDE):  # the link, if the project is not beside the configuration
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
    """Return shell code that changes to a copy of the directory `data`, without the products of `project` inside of it."""
    below = "./$inside"
    kept_out = [
        *(f'"{below}"{quote.sh(_literal(name))}' for name in info.results),
        f'"{below}"{quote.sh(".functoria*")}',
    ]
    names = " ".join(f"! -path {name}" for name in kept_out)
    images = f'! \\( -path "{below}"{quote.sh(_IMAGES)} ! -path "{below}"{quote.sh("*/*")} \\)'
    return (
        # The project's path there, as a pattern that matches nothing else.
        "inside=${project#\"${data%/}\"}\ninside=$(printf '%s/' \"${inside#/}\" | sed 's|^/$||; s|[][*?\\\\]|\\\\&|g')\n"
        "copy=$(mktemp -d)\ntrap 'rm -rf \"$copy\"' EXIT\n"
        f"find -L . -type d -name '[._]?*' -prune -o -type f {names} {images} -print0 | "
        'tar --null -chf - -T - | tar -xf - -C "$copy"\ncd -- "$copy"'
    )


def _literal(name: str) -> str:
    """Return `name` as a pattern of find that matches only that."""
    return re.sub(r"([\\*?\[])", r"\\\1", name)
