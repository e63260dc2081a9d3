"""opam repositories, under the name that they had before: see `functoria.opam.repository`."""

from functoria.opam.repository import Release, Repository

__all__ = ["Release", "Repository"]
