"""Bills of materials: what a plan consists of, with the versions of its lock, as CycloneDX.

What is not known is left out: versions without a lock, and licences, sources and dependencies without a repository. The
same plan, lock and repository give the same bytes: a bill contains no time, and its serial number follows from its content.
"""

# pyright: reportCallIssue=false, reportAttributeAccessIssue=false
# The decorators of the classes of cyclonedx hide their constructors from pyright.

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote as percent

from functoria.bounds import Bounds
from functoria.errors import ConfigError
from functoria.opam.file import OpamFile, Value
from functoria.opam.lock import Lock, Locked
from functoria.opam.locking import needed
from functoria.opam.nodes import Items
from functoria.opam.repository import Repository
from functoria.package import Package
from functoria.version import Version

if TYPE_CHECKING:
    from cyclonedx.model import ExternalReference, ExternalReferenceType, HashType
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component
    from cyclonedx.model.license import License
    from packageurl import PackageURL

    from functoria.plan.plan import Plan

_ALGORITHMS = {"md5": ("MD5", 32), "sha256": ("SHA-256", 64), "sha512": ("SHA-512", 128)}
"""CycloneDX's names for opam's checksums, and the number of digits of each."""
_URL = re.compile(
    r"(?P<head>[A-Za-z][A-Za-z0-9+.-]*:(?://(?:[A-Za-z0-9._~!$&'()*+,;=:-]*@)?[A-Za-z0-9._~-]*(?::[0-9]*)?(?=[/?#]|$)|(?!//)))"
    r"(?P<rest>[^#]*)(?P<sign>#?)(?P<fragment>.*)",
    re.DOTALL,
)
_LONE = re.compile("%(?![0-9A-Fa-f]{2})")
"""A sign that begins no encoded character."""
_OWN = "functoria"
"""The prefix of the names of our properties, and of the program's reference."""


def bill(
    plan: Plan,
    lock: Lock | None = None,
    repository: Repository | None = None,
    *,
    changes: Mapping[str, str] | None = None,
) -> str:
    """Return the bill of materials of `plan`, a document of CycloneDX 1.6 in JSON.

    With `lock` it has all packages that are locked, otherwise those that the plan asks for itself, with their bounds. Licences,
    sources with their checksums, and what packages need are taken from `repository`, where it has the releases; `changes` are
    opam's variables that differ from this machine's. Raises ConfigError if the library cyclonedx-python-lib is missing, and
    InvalidRepository if the repository no longer exists.
    """
    try:
        from cyclonedx.output.json import JsonV1Dot6
    except ModuleNotFoundError:
        raise ConfigError(
            "bills of materials are written with cyclonedx-python-lib, which is missing: "
            "install it with pip install 'functoria[sbom]'"
        ) from None
    made = _bom(plan, lock, repository, changes or {})
    made.serial_number = uuid.UUID(int=0)
    made.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, JsonV1Dot6(made).output_as_string())
    return JsonV1Dot6(made).output_as_string(indent=1) + "\n"


def _bom(plan: Plan, lock: Lock | None, repository: Repository | None, changes: Mapping[str, str]) -> Bom:
    from cyclonedx.model import Property
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.dependency import Dependency
    from cyclonedx.model.tool import ToolRepository

    from functoria import __version__

    wanted = {package.name: package for package in plan.packages}
    locked = {} if lock is None else {each.name: each for each in lock.packages}
    files: Mapping[str, OpamFile] = {}
    needs: Mapping[str, tuple[str, ...]] = {}
    if lock is not None and repository is not None:
        files = repository.files(lock.versions)
        needs = needed({name: Version(version) for name, version in lock.versions.items()}, repository, changes)
    parts = {
        name: _component(name, wanted.get(name), locked.get(name), files.get(name))
        for name in sorted({**wanted, **locked})
    }
    own = Component(name=plan.info.title, type=ComponentType.APPLICATION, bom_ref=_OWN)
    tool = Component(name=_OWN, version=__version__, type=ComponentType.APPLICATION)
    said = {"plan": None if lock is None else lock.asked, "repository": None if lock is None else lock.repository}
    digests = [Property(name=f"{_OWN}:{name}", value=f"sha256={digest}") for name, digest in said.items() if digest]
    metadata = BomMetaData(component=own, tools=ToolRepository(components=[tool]), properties=digests)
    metadata.timestamp = None  # type: ignore[assignment]  # there may be none, and one would differ each time
    refs = {name: part.bom_ref for name, part in parts.items()}
    edges = {own.bom_ref: tuple(wanted), **{refs[name]: needs.get(name, ()) for name in parts}}
    return Bom(
        components=parts.values(),
        metadata=metadata,
        dependencies=[Dependency(ref, [Dependency(refs[name]) for name in below]) for ref, below in edges.items()],
    )


def _component(name: str, wanted: Package | None, locked: Locked | None, file: OpamFile | None) -> Component:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component, ComponentScope

    pin = None if wanted is None else wanted.pin
    version = locked.version if locked is not None else None if pin is None or wanted is None else wanted.pin_version
    build = (locked is not None and locked.build) or (wanted is not None and wanted.build)
    said = {
        "bounds": None if wanted is None else " & ".join(wanted.bounds.conditions()),
        "range": None if wanted is None else _range(wanted.bounds),
        "installed-in": locked.scope if locked is not None else None if wanted is None else wanted.scope,
    }
    purl = _purl(name, version, pin)
    return Component(
        name=name,
        version=version,
        bom_ref=f"{_OWN}:{name}",
        purl=purl,
        scope=ComponentScope.EXCLUDED if build else ComponentScope.REQUIRED,
        description=None if file is None else _text(file.fields.get("synopsis")),
        licenses=[] if file is None else _licences(file),
        external_references=[*([] if file is None else _references(file)), *([] if pin is None else _source(pin))],
        properties=[Property(name=f"{_OWN}:{what}", value=text) for what, text in said.items() if text],
    )


def _purl(name: str, version: str | None, pin: str | None) -> PackageURL:
    from packageurl import PackageURL

    qualifiers = {} if pin is None else {"vcs_url" if pin.startswith("git") else "download_url": pin}
    return PackageURL("opam", None, name, version, qualifiers)


def _range(bounds: Bounds) -> str | None:
    """Return `bounds` in the notation of package URLs, https://github.com/package-url/vers-spec; None for none."""
    ends = "|".join(f"{operator}{percent(str(version), safe='')}" for operator, version in bounds.ends())
    return f"vers:opam/{ends}" if ends else None


def _texts(value: Value | None) -> Iterator[str]:
    for item in value.items if isinstance(value, Items) else (value,):
        if isinstance(item, str) and item.strip():
            yield item.strip()


def _text(value: Value | None) -> str | None:
    return next(_texts(value), None)


def _licences(file: OpamFile) -> list[License]:
    """Return the licences, all of which apply: joined if any is an expression, because CycloneDX allows only one."""
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.license import LicenseExpression

    texts = sorted(set(_texts(file.fields.get("license"))))
    make = LicenseFactory()
    single = [make.make_from_string(text) for text in texts]
    if len(single) < 2 or not any(isinstance(one, LicenseExpression) for one in single):
        return single
    joined = make.make_from_string(" AND ".join(f"({text})" if " " in text else text for text in texts))
    if isinstance(joined, LicenseExpression):
        return [joined]
    return [make.make_with_name(text) for text in texts]


def _references(file: OpamFile) -> Iterator[ExternalReference]:
    from cyclonedx.model import ExternalReferenceType

    kinds = {"homepage": "website", "bug-reports": "issue-tracker", "dev-repo": "vcs"}
    for field, kind in kinds.items():
        for url in _texts(file.fields.get(field)):
            yield from _reference(ExternalReferenceType(kind), url)
    for kind, _, inner in file.sections:
        if kind in ("url", "extra-source"):
            sums = [found for text in _texts(inner.fields.get("checksum")) if (found := _hash(text)) is not None]
            for url in _texts(inner.fields.get("src") or inner.fields.get("archive") or inner.fields.get("git")):
                yield from _reference(ExternalReferenceType.SOURCE_DISTRIBUTION, url, sums)


def _source(pin: str) -> Iterator[ExternalReference]:
    from cyclonedx.model import ExternalReferenceType

    yield from _reference(ExternalReferenceType("vcs" if pin.startswith("git") else "source-distribution"), pin)


def _reference(
    kind: ExternalReferenceType, text: str, hashes: list[HashType] | None = None
) -> Iterator[ExternalReference]:
    """Yield the reference to the URL `text`, encoding invalid characters; nothing if it is not a URL."""
    from cyclonedx.model import ExternalReference, XsUri

    found = _URL.fullmatch(text)
    if found is not None:
        head, rest, sign, fragment = found.group("head", "rest", "sign", "fragment")
        url = head + _encoded(rest) + sign + _encoded(fragment)
        yield ExternalReference(type=kind, url=XsUri(url), hashes=hashes or [])


def _encoded(text: str) -> str:
    return _LONE.sub("%25", percent(text, safe="!$%&'()*+,/:;=?@-._~"))


def _hash(text: str) -> HashType | None:
    from cyclonedx.model import HashAlgorithm, HashType

    kind, sign, digits = text.partition("=")
    if not sign:  # the old form in opam
        kind, digits = "md5", text
    algorithm, length = _ALGORITHMS.get(kind, ("", 0))
    if not length or not re.fullmatch(f"[0-9a-fA-F]{{{length}}}", digits):
        return None
    return HashType(alg=HashAlgorithm(algorithm), content=digits.lower())
