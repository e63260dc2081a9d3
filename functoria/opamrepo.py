"""The former name of `functoria.opam.repository`, kept for existing imports."""

from functoria.opam.repository import Release, Repository

__all__ = ["Release", "Repository"]
