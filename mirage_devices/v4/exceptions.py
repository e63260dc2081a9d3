"""The packages of 4.11's catalogue whose bounds do not follow the rule, and why.

The rule is `compatible=`: from a minimum to the next minor release below 1.0.0, to the next major one from there. An
exception states its bounds; if they change, the reason must be reconsidered.
"""

from __future__ import annotations

from mirage_devices.exceptional import Exceptional

_TOOL = "is released with the mirage tool, whose generated code is for this minor release of it"
_FREE = "has no bounds in 4.11, whose code only uses what every release has"
_OPEN = "has no upper bound in 4.11: later releases have kept what is used"
_WIDE = "is wider in 4.11 than the rule, because the releases between have the same interface"
_UPPER = "only has an upper bound in 4.11: every release below it has the interface"

EXCEPTIONS: dict[str, Exceptional] = {
    "chamelon": Exceptional(">=0.0.8", _OPEN),
    "charrua": Exceptional(">=2.0.0,<4.0.0", _WIDE),
    "docteur-solo5": Exceptional(">=0.0.6", _OPEN),
    "docteur-unix": Exceptional(">=0.0.6", _OPEN),
    "duration": Exceptional("<1.0.0", _UPPER),
    "git-net": Exceptional("<1.0.0", _UPPER),
    "httpaf-mirage": Exceptional("", _FREE),
    "lwt": Exceptional("", _FREE),
    "mimic": Exceptional("", _FREE),
    "mimic-happy-eyeballs": Exceptional(">=0.0.9", _OPEN),
    "mirage": Exceptional(">=4.11.0,<4.12.0", _TOOL),
    "mirage-block-ramdisk": Exceptional("", _FREE),
    "mirage-runtime": Exceptional(">=4.11.0,<4.12.0", _TOOL),
    "ocaml-solo5": Exceptional(">=0.8.2,<2.0.0", _WIDE),
    "ocaml-unikraft-backend-firecracker": Exceptional("", _FREE),
    "ocaml-unikraft-backend-qemu": Exceptional("", _FREE),
    "opam-monorepo": Exceptional(">=0.3.2", "is a tool that is run, and whose options have not changed since"),
    "solo5": Exceptional(">=0.7.5,<0.13.0", _WIDE),
    "tar-mirage": Exceptional(">=1.0.0,<4.0.0", _WIDE, (">=2.2.0,<4.0.0",)),
    "utcp": Exceptional("", _FREE),
}
"""The exceptions, by package. Some packages have no bounds: those are exceptions too."""
