"""What is made of a directory when the project is built: names for it, and the dune rules."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from functoria import quote
from functoria.sexp import Sexp, Verbatim

_WORD = re.compile(r"[a-z0-9_]*\Z", re.ASCII)


def slug(stem: str, *parts: str) -> str:
    """A name for what is made of `parts`: `stem`, and as much of them as a name can hold; others for others."""
    text = "_".join(part for part in parts if part not in (".", "*"))
    kept = re.sub(r"[^a-z0-9_]+", "_", text.lower(), flags=re.ASCII).strip("_")
    name = f"{stem}_{kept}" if kept else stem
    if len(parts) > 1 or not _WORD.match(text) or kept != text:
        distinct = zlib.crc32("\0".join(parts).encode(errors="surrogatepass"))
        return name if parts in ((".",), (".", "*")) else f"{name}_{distinct:08x}"
    return name


def made_of(directory: str, target: str, action: Sexp, more: Sequence[str] = (), *, promote: bool = True) -> Sexp:
    """A rule that makes `target` of all files below `directory`, and again when they change."""
    # An image made of the directory that it is itself put into would depend on itself.
    tree: Sexp = ("source_tree", directory) if directory not in (".", "./") else ("glob_files", "*")
    return (
        "rule",
        ("targets", target),
        ("deps", tree, *more),
        *((("mode", "promote-until-clean"),) if promote else ()),
        ("action", action),
    )


def to_target(action: Sexp) -> Sexp:
    """`action`, what it prints being the target."""
    return ("with-stdout-to", Verbatim("%{targets}"), action)


def script(tool: str, package: str, directory: str, command: str) -> Sexp:
    """A shell `command`, after a check that `tool` (of `package`) and `directory` are there."""
    missing = f"{tool} is not installed: it is needed to make an image of {directory} ({package})"
    absent = f"the directory {directory} does not exist"
    return (
        "system",
        f"command -v {tool} >/dev/null || {{ echo {quote.sh(missing)} >&2; exit 1; }}; "
        f"test -d {quote.sh(directory)} || {{ echo {quote.sh(absent)} >&2; exit 1; }}; "
        f"{command}",
    )
