"""The Makefile: to lock and fetch the sources of all packages, to build, to clean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File, header
from mirage_devices.v4.emit.layout import Layout
from mirage_devices.v4.emit.repositories import overlays
from mirage_devices.v4.keys import no_depext

if TYPE_CHECKING:
    from functoria import Info

_MONOREPO = 'env OPAMVAR_monorepo="opam-monorepo" $(OPAM) monorepo'
_OPAM = "$(MIRAGE_DIR)/$(UNIKERNEL_NAME).opam"
_LOCKED = f"{_OPAM}.locked"


def emit(info: Info) -> Mapping[str, File]:
    """Emit the Makefile. It includes Makefile.user if that exists."""
    return {"Makefile": File("".join(_parts(info)))}


def _parts(info: Info) -> Iterator[str]:
    repositories, depext = overlays(info), not info.get(no_depext)
    yield (
        f"{header('#')}\n-include Makefile.user\n\n"
        "BUILD_DIR = ./\nMIRAGE_DIR = ./mirage\n"
        f"UNIKERNEL_NAME = {quote.make(Layout.of(info).package)}\nOPAM = opam\n\n"
    )
    names = ["all", "build", "clean", "depend", "depends", "install-switch", "lock", "pull"]
    names += ["depext-lockfile"] * depext + ["repo-add", "repo-rm"] * bool(repositories)
    yield f".PHONY: {' '.join(names)}\n\n"
    yield _rule("all::", _make("depends"), _make("build"))
    if repositories:
        yield from _repositories(repositories)
    yield _rule("depend depends::", _make("lock"), _make("install-switch"), _make("pull"))
    yield _rule(f"{_LOCKED}: {_OPAM}", *_lock(overlaid=bool(repositories)))
    yield _rule("lock::", f"@$(MAKE) -B {_LOCKED}")
    yield _rule(f"pull:: {_LOCKED}", f"{_MONOREPO} pull -l $< -r $(abspath $(BUILD_DIR))")
    if depext:
        yield _rule(f"install-switch:: {_OPAM}", "$(OPAM) install $< --deps-only --yes", "$(MAKE) -s depext-lockfile")
        yield _rule(f"depext-lockfile:: {_LOCKED}", f"{_MONOREPO} depext -y -l $<")
    else:
        yield _rule(f"install-switch:: {_OPAM}", "$(OPAM) install $< --deps-only --yes --no-depexts")
    yield _rule("build::", "dune build --profile release --root . $(BUILD_DIR)dist")
    yield _rule("clean::", "functoria clean")


def _make(target: str) -> str:
    return f"@$(MAKE) --no-print-directory {target}"


def _rule(head: str, *commands: str) -> str:
    return head + "\n" + "".join(f"\t{command}\n" for command in commands) + "\n"


def _lock(*, overlaid: bool) -> list[str]:
    """Return the rules that lock the sources of all packages; overlay repositories exist only while these run."""
    lock = (
        f"{_MONOREPO} lock --require-cross-compile --build-only $(UNIKERNEL_NAME) -l $@ "
        "--ocaml-version $(shell ocamlc --version)"
    )
    if not overlaid:
        return [lock]
    return ["$(MAKE) -s repo-add", f"{lock}; (ret=$$?; $(MAKE) -s repo-rm && exit $$ret)"]


def _repositories(repositories: list[tuple[str, str]]) -> Iterator[str]:
    words = [(quote.make(quote.sh(name)), quote.make(quote.sh(url))) for name, url in repositories]
    add = (f"$(OPAM) repo add {name} {url} || $(OPAM) repo set-url {name} {url}" for name, url in words)
    yield _rule("repo-add:", *add)
    yield _rule("repo-rm:", *(f"$(OPAM) repo remove {name} {url}" for name, url in words))
