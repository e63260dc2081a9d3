"""What a device is told while its application is built."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from attr import field, frozen

from functoria.graph.info import Info


@frozen(eq=False, repr=False)
class BuildInfo(Info):
    """What is known while building, besides: where the emitted files are, and where the unikernel's own sources are."""

    build_dir: Path = field(kw_only=True)
    source_dir: Path = field(kw_only=True)

    @classmethod
    def of(cls, info: Info, *, build_dir: Path, source_dir: Path) -> Self:
        """Return what `info` says, with these directories."""
        return cls(
            info.name,
            info.title,
            info.output,
            info.context,
            info.packages,
            info.libraries,
            info.keys,
            info.graph,
            info.given,
            info.beside,
            build_dir=build_dir,
            source_dir=source_dir,
        )
