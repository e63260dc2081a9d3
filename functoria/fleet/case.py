"""Cases: a configuration with choices, and patterns that exclude some."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from attr import field, frozen

from functoria.errors import InvalidValue
from functoria.fingerprint import fingerprint
from functoria.fleet.configuration import Code, File, of
from functoria.location import Location
from functoria.plan.app import App

CONFIGURATION = "configuration"
"""The name by which exclusions mean the configuration itself."""
TARGET = "target"
"""The key whose value comes first in the name of a case."""
_PLAIN = re.compile(r"[^A-Za-z0-9._=,+-]+")
_LONG = 80
_NONE = "default"
"""The directory of a case without choices."""


def _choices(choices: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    said: Any = choices.items() if isinstance(choices, Mapping) else choices
    pairs: list[tuple[str, Any]] = list(said)
    for name, _ in pairs:
        if not isinstance(name, str):
            raise InvalidValue(f"choices map names of keys to values, not {name!r}", objects=[name])
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InvalidValue(f"{name} is chosen twice: choose it once", objects=[name])
    return tuple(sorted(pairs, key=lambda pair: (pair[0] != TARGET, pair[0])))


class Said(NamedTuple):
    """The place where a choice was written."""

    key: Location
    value: Location


@frozen
class Case:
    """A configuration with choices: values for some of its keys, by name. The target comes first, then others by name."""

    configuration: File | Code
    choices: tuple[tuple[str, Any], ...] = field(default=(), converter=_choices)
    said: Mapping[str, Said] = field(factory=dict, eq=False, repr=False)
    """The places where choices were written, by name, as far as they are known."""

    @classmethod
    def of(
        cls, configuration: App | Path | str, choices: Mapping[str, Any] | None = None, *, label: str | None = None
    ) -> Case:
        """Make the case of an application, or of the file at a path, with `choices`. `label` names the configuration.

        Raises InvalidValue for anything else, and for choices that are not a mapping from names.
        """
        return cls(of(configuration, label), choices or {})

    @property
    def label(self) -> str:
        """The name of its configuration."""
        return self.configuration.label

    @property
    def directory(self) -> str:
        """Its output directory, relative to that of the fleet: LABEL/TARGET, followed by other choices."""
        said = [text if name == TARGET else f"{name}={text}" for name, text in self.texts()]
        plain = "-".join(_PLAIN.sub("_", text) for text in said) or _NONE
        if said and (plain != "-".join(said) or plain == _NONE or len(plain) > _LONG or _unclear(self.texts())):
            plain = f"{plain[:_LONG].strip('.')}-{sha256(self.identity.encode()).hexdigest()[:8]}"
        parts = self.label.split("/")
        label = ".".join(_PLAIN.sub("_", part) for part in parts if part.strip(".")) or "unikernel"
        if "/".join(label.split(".")) != self.label:  # another label may have the same result
            label = f"{label}-{sha256(self.label.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
        return f"{label}/{plain}"

    @property
    def identity(self) -> str:
        """Text that is the same in every process for the same choices, written alike."""
        return fingerprint(self.choices)

    def texts(self) -> list[tuple[str, str]]:
        """Return the choices, with values as text for people."""
        return [(name, text_of(value)) for name, value in self.choices]

    def to_data(self) -> dict[str, Any]:
        """Return the configuration's label and the choices as plain data."""
        return {"configuration": self.label, "choices": dict(self.texts())}

    def __str__(self) -> str:
        return " ".join([self.label, *(f"{name}={text}" for name, text in self.texts())])


def _unclear(texts: Iterable[tuple[str, str]]) -> bool:
    """Return whether the texts could be read as other choices, or as a directory elsewhere."""
    return any(not text.strip(".") or (name != TARGET and ("=" in text or "-" in text)) for name, text in texts)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(map(_text, value))
    return str(value)


@frozen
class Pattern:
    """A pattern of cases to exclude. Every part must match, with `*`, `?` and `[…]` as in file names."""

    parts: tuple[tuple[str, tuple[str, ...]], ...]
    """For names of keys, or `configuration`, the alternatives of which one must match."""
    places: Mapping[tuple[str, str] | None, Location] = field(factory=dict, eq=False, repr=False)
    """The places of alternatives, by name and text, and of the whole by None, as far as they are known."""

    @classmethod
    def of(cls, parts: Mapping[str, Any]) -> Pattern:
        """Make a pattern from a mapping of names to one or several values. Raises InvalidValue if it is empty."""
        if not parts:
            raise InvalidValue(
                "an exclusion without any key would exclude everything: name a key, or configuration", objects=[parts]
            )
        said = {
            name: tuple(map(_text, value if isinstance(value, (list, tuple)) else [value]))
            for name, value in parts.items()
        }
        return cls(tuple(said.items()))

    def matches(self, case: Case) -> bool:
        """Return whether it excludes `case`. A key without a choice in the case matches nothing."""
        return self.fits({**{name: [text] for name, text in case.texts()}, CONFIGURATION: names(case.configuration)})

    def fits(self, texts: Mapping[str, Sequence[str]]) -> bool:
        """Return whether each part matches one of the `texts` of its name."""
        return all(
            any(fnmatchcase(text, pattern) for text in texts.get(name, ()) for pattern in patterns)
            for name, patterns in self.parts
        )

    def single(self) -> Iterator[tuple[str, str, Pattern]]:
        """Yield each alternative of each part: its name, its text, and the pattern with that alternative only."""
        for name, patterns in self.parts:
            for text in patterns:
                yield name, text, Pattern(tuple((n, (text,) if n == name else p) for n, p in self.parts))


def names(configuration: File | Code) -> list[str]:
    """Return the texts that match `configuration` in exclusions."""
    return [configuration.label, *([configuration.name] if isinstance(configuration, File) else [])]


def text_of(value: Any) -> str:
    """Return a value of a key as text for people."""
    return value if isinstance(value, str) else _text(value)
