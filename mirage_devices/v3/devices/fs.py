"""File systems, and key/value stores over them.

The rules for directories from which the build makes images are the same as for `crunch`: see [kv_ro](kv_ro.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attr import frozen

from functoria import File, Impl, Info, Package, Type, Value, arg, lift, match_impl, package, quote
from functoria.emit.emitter import header
from functoria.sexp import Sexp
from mirage_devices.directories import entered, made_of, there
from mirage_devices.v3 import keys
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.block import FILE_PACKAGES, Block, BlockFile, archive_of_files, block
from mirage_devices.v3.devices.images import directory, slug, source
from mirage_devices.v3.devices.kv_ro import KvRo, crunch, direct_kv_ro, kv_ro


class Fs:
    """Label of `fs` for type checkers."""


fs: Type[Fs] = Type("fs")
"""A file system."""

FAT: Package = package("fat-filesystem", min="0.12.0", max="0.13.0")
"""The package of FAT, and of the tool `fat`."""

_SCRIPT = r"""#!/bin/sh
{header}# usage: {file} IMAGE
# What is quoted here is meant so, whatever it looks like.
# shellcheck disable=SC1003,SC2016,SC2026,SC2041,SC2043,SC2088
set -eu
export LC_ALL=C
image=$(pwd)/$1
rm -f "$image"
{enter}
set --
for file in {pattern}; do
  if [ -e "$file" ]; then set -- "$@" "$file"; fi
done
[ $# -gt 0 ] || [ -z "$(ls -A)" ] || {{ echo {empty} >&2; exit 1; }}
# In KiB: the content, for each file what it takes up in the directory and in its last cluster, and the tables.
bytes=$(for file do find -L "./$file" -type f -exec cat {{}} +; done | wc -c)
files=$(for file do find -L "./$file"; done | wc -l)
# What the tool does by default, it asks of block devices in a way that mirage-block-unix 2.5 and later refuse.
unbuffered() {{ command=$1; shift; fat "$command" --unbuffered "$@"; }}
unbuffered create "$image" "$((bytes / 1024 + files * 4 + 64))KiB"
[ $# -eq 0 ] || unbuffered add -- "$image" "$@"
"""
_SPECIAL = re.compile(r"\*|\?|\[[!^]?\]?(?:\[:\w+:\]|[^\]])*\]")
"""Matches what has a special meaning in a shell pattern."""


@frozen
class FatImage(BlockFile):
    """A block device over a file system image of a directory, made by the build."""

    directory: str
    pattern: str

    packages = lift(lambda ours: (*ours, FAT), FILE_PACKAGES)

    @property
    def stem(self) -> str:
        """The stem of the names of its files: fat_block, the directory's name, and the pattern unless it matches all files."""
        parts = (self.directory,) if self.pattern == "*" else (self.directory, self.pattern)
        return slug("fat_block", *parts)

    @property
    def image(self) -> str:
        """The name of the image: the stem and .img."""
        return f"{self.stem}.img"

    def sources(self, info: Info) -> Iterable[str]:
        return (source(self.directory),)

    def files(self, info: Info) -> Mapping[str, str | File]:
        name = f"make-{self.stem}-image.sh"
        script = _SCRIPT.format(
            header=header("#"),
            file=name,
            enter=f"{there('fat', 'opam install fat-filesystem', self.directory)}\n{entered(self.directory, info)}",
            pattern=glob(self.pattern),
            empty=quote.sh(f"no file of {self.directory} matches {self.pattern}"),
        )
        return {name: File(script, executable=True)}

    def rules(self, info: Info) -> Iterable[Sexp]:
        """Return the rule that makes the image with the script."""
        name = f"make-{self.stem}-image.sh"
        yield from made_of(self.directory, self.image, ("run", "sh", name, self.image), info, [name])


def glob(pattern: str) -> str:
    """Return `pattern` for a shell script: everything except `*`, `?` and `[…]` is quoted."""
    text = quote.checked(pattern, language="sh")
    code, at = "", 0
    for found in _SPECIAL.finditer(text):
        code += _quoted(text[at : found.start()])
        code += re.sub(r"[^*?!\[\]-]", lambda char: quote.sh(char[0]), found[0].replace("[^", "[!", 1))
        at = found.end()
    return (code or "''") + _quoted(text[at:])  # quoted, in case the word has a meaning to the shell


def _quoted(text: str) -> str:
    return quote.sh(text) if text else ""


class Fat(Device[Block, Fs]):
    """FAT over a block device."""

    type = block >> fs
    module = "Fat.FS"
    packages = (FAT,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (device,) = self.expect(values, 1)
        return f"{module}.connect {device}"


class KvRoOfFs(Device[Fs, KvRo]):
    """A key/value store over a file system."""

    type = fs >> kv_ro
    module = "Mirage_fs_lwt.To_KV_RO"
    packages = (package("mirage-fs-lwt", min="1.0.0", max="2.0.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (system,) = self.expect(values, 1)
        return f"{module}.connect {system}"


def fat(block: Impl[Block]) -> Impl[Fs]:
    """FAT over `block`."""
    return Fat() @ block


def fat_of_files(dir: str = ".", regexp: str = "*") -> Impl[Fs]:
    """FAT over an image of those files in the directory `dir` that match the shell pattern `regexp`, made by the build.

    `*`, `?` and `[…]` have their usual meaning; `*` does not match hidden files. A directory that matches is included with
    all its contents. If nothing matches in a directory that is not empty, the build stops. Raises InvalidValue for an empty
    name.
    """
    pattern = arg.string.accept(regexp, of="regexp of fat_of_files")
    return fat(FatImage(directory(dir, "fat_of_files"), pattern))


def kv_ro_of_fs(fs: Impl[Fs]) -> Impl[KvRo]:
    """A key/value store over `fs`."""
    return KvRoOfFs() @ fs


def generic_kv_ro(dir: str, group: str | None = None, key: Value[str] | None = None) -> Impl[KvRo]:
    """The directory `dir`, as selected by the key [GROUP-]kv_ro: fat, archive, crunch (the default) or direct.

    `key` is a value to use instead of that key. Raises InvalidValue for an empty name.
    """
    own = keys.kv_ro(group)
    choices: Mapping[Any, Impl[KvRo]] = {
        "fat": kv_ro_of_fs(fat_of_files(dir)),
        "archive": archive_of_files(dir),
        "crunch": crunch(dir),
    }
    by = own.value if key is None else key
    return match_impl(by, choices, default=direct_kv_ro(dir), keys=[own] if key is None else [])
