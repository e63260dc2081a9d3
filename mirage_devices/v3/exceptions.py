"""The packages of the catalogue whose bounds do not follow the rule, and why.

The rule is `compatible=`: from a minimum to the next minor release below 1.0.0, to the next major one from there. An
exception states its bounds; if they change, the reason must be reconsidered.
"""

from __future__ import annotations

from mirage_devices.exceptional import Exceptional

_TOOL = (
    "is released with the mirage tool, and its interface is the one that the tool of this minor release generates for"
)
_PLATFORM = "implements the platform for one minor release of the tool, which its own minor releases follow"
_TRACING = "provides tracing through an interface that every release below 1.0.0 kept, so it only has an upper bound"
_ZARITH = (
    "provides nocrypto's numbers without a libc; its releases carry zarith's version and kept their interface below 2.0"
)

EXCEPTIONS: dict[str, Exceptional] = {
    "dune": Exceptional(">=1.1.0", "reads the language version that dune-project names, whatever its own version"),
    "functoria-runtime": Exceptional(
        "", "is bounded through mirage-runtime, which is released against one version of it"
    ),
    "lwt": Exceptional(
        "", "is bounded by the libraries of the platform: the generated code itself uses bind and return"
    ),
    "mirage-block-ramdisk": Exceptional(
        "", "has no bounds in MirageOS 3.3: connect has had the same form in all releases"
    ),
    "mirage-profile": Exceptional("<1.0.0", _TRACING),
    "mirage-profile-unix": Exceptional("<1.0.0", _TRACING),
    "mirage-profile-xen": Exceptional("<1.0.0", _TRACING),
    "mirage-qubes": Exceptional(">=0.4,<0.7", "kept the interface that is used here in its releases 0.4, 0.5 and 0.6"),
    "mirage-qubes-ipv4": Exceptional(
        ">=0.6,<0.7", "has versions of two numbers, in which the rule's 0.7.0 is written 0.7"
    ),
    "mirage-random-stdlib": Exceptional("<0.1.0", "had one release, 0.0.1, and only has an upper bound"),
    "mirage-runtime": Exceptional(">=3.3.0,<3.4.0", _TOOL),
    "mirage-types": Exceptional(">=3.3.0,<3.4.0", _TOOL),
    "mirage-types-lwt": Exceptional(">=3.3.0,<3.4.0", _TOOL),
    "mirage-unix": Exceptional(">=3.1.0,<3.2.0", _PLATFORM),
    "mirage-xen": Exceptional(">=3.1.0,<3.2.0", _PLATFORM),
    "ocaml": Exceptional(">=4.04.2", "is bounded above by each library that a newer compiler would break"),
    "ocamlfind": Exceptional("", "only finds libraries while building, which every release does alike"),
    "tcpip": Exceptional(
        ">=3.5.0,<3.6.0", "changed signatures of its functors in minor releases, and is bounded by them"
    ),
    "zarith-freestanding": Exceptional("<2.0", _ZARITH),
    "zarith-xen": Exceptional("<2.0", _ZARITH),
}
"""The exceptions, by package. Some packages have no bounds: those are exceptions too."""
