"""What is made of a directory when the project is built: names for it, and the dune rules.

Dune shows rules no directories whose names begin with `.` or `_`, and no files named `.#*`, `*.swp` or `*~`; the version
of its language that is written here has no way to say otherwise. What is made leaves them out. The project's own
directory, `.`, is another matter: no rule can depend on all files beside it, for what the rules make is among them. So
what is made of it is made anew at each build, from a copy without the project's results.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from functoria import Info, arg, quote
from functoria.errors import InvalidName, InvalidValue
from functoria.sexp import Sexp, Verbatim

_WORD = re.compile(r"[a-z0-9_]*\Z", re.ASCII)
_PROMOTED: Sexp = ("mode", "promote-until-clean")
_IMAGES = "*_block*.img"
_SOURCE = "pwd | sed 's|\\(.*\\)/_build/[^/]*|\\1|'"
"""Prints the directory that the files come from which the rule's own, below _build, has copies of."""


def slug(stem: str, *parts: str) -> str:
    """A name for what is made of `parts`: `stem`, and as much of them as a name can hold; others for others."""
    text = "_".join(part for part in parts if part not in (".", "*"))
    kept = re.sub(r"[^a-z0-9_]+", "_", text.lower(), flags=re.ASCII).strip("_")
    name = f"{stem}_{kept}" if kept else stem
    if len(parts) > 1 or not _WORD.match(text) or kept != text:
        distinct = zlib.crc32("\0".join(parts).encode(errors="surrogatepass"))
        return name if parts in ((".",), (".", "*")) else f"{name}_{distinct:08x}"
    return name


def directory(dir: object, of: str) -> str:
    """`dir`, the argument of the constructor `of`, if it is text and not empty; else InvalidValue."""
    name = arg.string.accept(dir, of=f"dir of {of}")
    if not name:
        raise InvalidValue(f"dir of {of} is empty: the project's own directory is '.'", objects=[dir])
    return name


def made_of(
    directory: str, target: str, action: Sexp, more: Sequence[str] = (), *, promote: bool = True
) -> Iterator[Sexp]:
    """A rule that makes `target` of all files below `directory`, and again when they change.

    With `promote` it is put beside the sources, whenever the project is built: the unikernel opens it when it starts.
    """
    parts = [part for part in directory.split("/") if part not in ("", ".")]
    if directory.startswith("/") or ".." in parts:
        raise InvalidName(
            f"{directory!r} is not inside of the project, where dune finds it: name a directory beside the configuration",
            objects=[directory],
        )
    if any(part.startswith((".", "_")) for part in parts):
        raise InvalidName(
            f"{directory!r} cannot be seen by dune, which passes over directories whose names begin with . or _: "
            "name it otherwise",
            objects=[directory],
        )
    tree: Sexp = ("universe",) if _is_here(directory) else ("source_tree", directory)
    promoted = (_PROMOTED,) if promote else ()
    yield ("rule", ("targets", target), ("deps", tree, *more), *promoted, ("action", action))
    if promote:
        yield ("alias", ("name", "default"), ("deps", target))


def printed(tool: str, hint: str, directory: str, command: str, info: Info) -> Sexp:
    """The action whose target is what the shell `command` prints in `directory`, after the checks of `entered`."""
    return (
        "with-stdout-to",
        Verbatim("%{targets}"),
        ("system", f"set -e\n{entered(tool, hint, directory, info)}\n{command}"),
    )


def entered(tool: str, hint: str, directory: str, info: Info) -> str:
    """Shell code that goes to `directory`, or stops with an error where that, or `tool`, is not there.

    `hint` says how `tool` is installed. For the project's own directory it goes to a copy, and sets a trap on EXIT.
    """
    missing = f"{tool} is not installed, but makes what the unikernel holds of {directory}: {hint}"
    checks = f"command -v {tool} >/dev/null || {{ echo {quote.sh(missing)} >&2; exit 1; }}"
    if _is_here(directory):
        return f"{checks}\n{_copy(info)}"
    absent = quote.sh(f"the directory {directory} does not exist")
    unseen = quote.sh(
        f"dune sees no file in {directory}: it passes over .#*, *.swp, *~ and directories named .* and _*"
    )
    path = quote.sh(directory)
    return (
        f"{checks}\nsource=$({_SOURCE})/{path}\n"
        f'test -d "$source" || {{ echo {absent} >&2; exit 1; }}\n'
        f"mkdir -p -- {path} && cd {quote.sh(f'./{directory}')}\n"  # dune makes none for a directory without files
        f'test -n "$(ls -A)" || test -z "$(find "$source/" -type f)" || {{ echo {unseen} >&2; exit 1; }}'
    )


def _is_here(directory: str) -> bool:
    return directory.strip("/.") == "" and not directory.startswith(("/", ".."))


def _copy(info: Info) -> str:
    """Shell code that goes to a copy of the project, found from the directory below _build that rules run in."""
    results = [f"-path {quote.sh('./' + _literal(name))}" for name in info.results]
    kept_out = [*results, f"\\( -path './{_IMAGES}' ! -path './*/*' \\)", "-path './.functoria*'"]
    names = " ".join(f"! {test}" for test in kept_out)
    return (
        "copy=$(mktemp -d)\ntrap 'rm -rf \"$copy\"' EXIT\n"
        f'(cd "$({_SOURCE})" && '
        f"find -L . -type d -name '[._]?*' -prune -o -type f {names} -print | tar -chf - -T -) | tar -xf - -C \"$copy\"\n"
        'cd "$copy"'
    )


def _literal(name: str) -> str:
    """`name` as a pattern of find that matches it alone."""
    return re.sub(r"([\\*?\[])", r"\\\1", name)
