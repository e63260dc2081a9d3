"""MirageOS 3.3's root device, and `register`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import functoria
from functoria import App, Argv, Impl, Info, Job, Key, Main, Package, Unsupported, package
from functoria.building import Preprocess
from functoria.errors import InvalidValue
from functoria.jobs import keys as keys_job
from functoria.printable import worded
from mirage_devices.v3.backends import BACKENDS, Backend
from mirage_devices.v3.devices.argv import default_argv
from mirage_devices.v3.devices.qubes import gui_init, qrexec_init
from mirage_devices.v3.devices.reporter import default_reporter, no_reporter
from mirage_devices.v3.keys import no_depext, target_debug, warn_error
from mirage_devices.v3.sections import REGISTER
from mirage_devices.v3.targets import target

if TYPE_CHECKING:
    from functoria import File, Node
    from functoria.sexp import Sexp

_COMMON = (
    package("ocaml", build=True, min="4.04.2"),
    package("dune", build=True, min="1.1.0"),
    package("ocamlfind", build=True),
    package("lwt"),
    package("mirage-types-lwt", min="3.3.0", max="3.4.0"),
    package("mirage-types", min="3.3.0", max="3.4.0"),
    package("mirage-runtime", min="3.3.0", max="3.4.0"),
)

_ADVICE = (
    "Most packages of MirageOS 3.3 have moved from opam's public repository to its archive.",
    "Add that, and a compiler of the time:",
    "  opam repository add archive --dont-select git+https://github.com/ocaml/opam-repository-archive",
)
"""See docs/install.md."""


@cache
def _packages(name: str) -> tuple[Package, ...]:
    return (*_COMMON, *BACKENDS[name].all_packages())


class Mirage(Main):
    """The root device of a unikernel: what every unikernel needs, and what its target adds."""

    name = "mirage"
    module = "Mirage_runtime"
    registered_by = REGISTER
    own_packages = target.value.map(_packages)
    own_keys = (target, warn_error, target_debug, no_depext)
    file_names = ("*.xl", "*.xl.in", "*.xe", "*_libvirt.xml", "link.sh", "info_gen.sh", "make-*-image.sh")

    def backend(self, info: Info) -> Backend:
        """The backend of the target."""
        return BACKENDS[info.get(target)]

    def prelude(self, info: Info) -> str:
        """Return the head of every main.ml of MirageOS 3.3."""
        return "open Lwt.Infix\nlet return = Lwt.return\nlet run = OS.Main.run\n"

    def configure(self, info: Info) -> None:
        """Warn where debugging has no support, and refuse nocrypto without entropy and names that no file can hold."""
        if info.get(target_debug) and not self.backend(info).debuggable:
            others = " and ".join(each.name for each in BACKENDS.values() if each.debuggable)
            warnings.warn(f"-g does nothing on the target {info.get(target)}: only {others} supports it", stacklevel=2)
        self._check_entropy(info)
        self.backend(info).check(info)

    def _check_entropy(self, info: Info) -> None:
        """Refuse a unikernel that links nocrypto and never feeds it entropy: its random numbers could be guessed.

        It is seen where a package of the unikernel names it, not where only another library depends on it.
        """
        found = {library for library in info.libraries if library.partition(".")[0] == "nocrypto"}
        if found and not any(getattr(node.device, "feeds_entropy", False) for node in info.nodes):
            linked = [each for each in info.packages if not each.build and not found.isdisjoint(each.libraries)]
            raise Unsupported(
                "nocrypto is linked, but nothing feeds it entropy",
                remedy="add the device nocrypto to the deps of what uses it, as in foreign(..., deps=[nocrypto])",
                ocaml="add the device nocrypto to the deps of what uses it, as in foreign ~deps:[abstract nocrypto]",
                objects=linked,
                locations=[wanted.location for wanted in linked],
            )

    def opam_name(self, info: Info) -> str:
        """Return mirage-unikernel-NAME-TARGET."""
        return f"mirage-unikernel-{info.name}-{info.get(target)}"

    def synopsis(self, info: Info) -> str:
        """Return a line that names the unikernel and its target."""
        return f"The unikernel {' '.join(info.title.split())} for {info.get(target)}"

    def result(self, info: Info) -> str:
        """Return the target's image."""
        return self.backend(info).result(info)

    def program(self, info: Info) -> Iterable[Sexp]:
        """Return the dune stanzas that make the target's image."""
        # Warning 3 is deprecation: newer cmdliners deprecate a function that MirageOS 3.3's keys are made with.
        flags = ["-w", "-3"]
        if info.get(warn_error):
            flags += ["-w", "A-3-4-41-42-44-70", "-warn-error", "+1..49-3"]
        else:
            flags += ["-warn-error", "-a"]  # dune's default profile makes errors of some
        return self.backend(info).program(info, flags)

    def files(self, info: Info) -> Mapping[str, str | File]:
        """Return the files that the target adds."""
        return self.backend(info).files(info)

    def numbering(self, info: Info) -> Sequence[Node]:
        """Return the nodes in the order in which MirageOS 3.3 numbers them."""
        from mirage_devices.v3.numbering import by_level

        return by_level(info.nodes, lambda key: info.context[key.name])

    def depext(self, info: Info) -> bool:
        """Return true unless the key no_depext is set."""
        return not info.get(no_depext)

    def advice(self, info: Info) -> Sequence[str]:
        """Return advice on where to find the packages of MirageOS 3.3 today, and on the compiler that they are for."""
        compiler = f"ocaml-base-compiler.{self.backend(info).compiler}"
        return (*_ADVICE, f"  opam switch create mirage-3.3 {compiler} --repositories=default,archive")


def register(
    name: str,
    jobs: Sequence[Impl[Job]],
    *,
    argv: Impl[Argv] = default_argv,
    reporter: Impl[Job] | None = None,
    tracing: Impl[Job] | None = None,
    keys: Sequence[Key[Any]] = (),
    packages: Sequence[Package] = (),
    output: str | None = None,
    homepage: str | None = None,
    bug_reports: str | None = None,
    libraries: Sequence[str] = (),
    modules: Sequence[str] | None = None,
    preprocess: Preprocess | Sequence[str] = (),
    stanzas: Sequence[Sexp] = (),
    main: type[Mirage] = Mirage,
) -> App:
    """Register the unikernel `name`, which runs `jobs`.

    Initialised before them are, in this order: on qubes, the agents that Qubes requires; the keys, from `argv`; the `reporter`,
    unless it is `no_reporter`; `tracing`. `keys` and `packages` are added to those of the devices. `libraries` are local dune
    libraries, in directories beside the configuration. `modules` are the only ones beside the configuration that belong to it,
    with those that jobs are made of. `preprocess` are ppx libraries, or a `staged_pps`, for all of its modules. `stanzas` are
    added to the dune file, each as nested tuples of text or as it is written there. `output` is the name of the image, by
    default `name`. `homepage` and `bug_reports` are URLs for its opam file. `main` is the class of the root device, such as a
    subclass of `Mirage` with emitters of your own.

    Raises InvalidName, TypeMismatch and InvalidValue, as `functoria.register` does.
    """
    if not (isinstance(main, type) and issubclass(main, Mirage)):
        raise InvalidValue(
            f"main must be a class of MirageOS's root device, not {worded(main)}: derive one from Mirage",
            objects=[main],
        )
    logs = default_reporter() if reporter is None else reporter
    init = [qrexec_init, gui_init, keys_job(argv)]
    if logs != no_reporter:
        init.append(logs)
    if tracing is not None:
        init.append(tracing)
    more: Any = {"homepage": homepage, "bug_reports": bug_reports, "libraries": libraries}
    more |= {"modules": modules, "preprocess": preprocess, "stanzas": stanzas}
    return functoria.register(name, jobs, init=init, keys=keys, packages=packages, main=main, output=output, **more)
