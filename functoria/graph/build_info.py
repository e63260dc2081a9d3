"""The information that a device receives while its application is built."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from attr import field, frozen

from functoria.graph.info import Info


@frozen(eq=False, repr=False)
class BuildInfo(Info):
    """Information while building, which adds the directories of the emitted files and of the unikernel's own sources."""

    build_dir: Path = field(kw_only=True)
    source_dir: Path = field(kw_only=True)

    @classmethod
    def of(cls, info: Info, *, build_dir: Path, source_dir: Path) -> Self:
        """Return the information in `info`, with these directories."""
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
