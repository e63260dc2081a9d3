"""Build settings for a program's own modules: which modules belong to it, preprocessors, and additional dune stanzas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from functoria.errors import InvalidModule, InvalidName, InvalidValue
from functoria.names import UPPER, WORD
from functoria.printable import worded
from functoria.sexp import Malformed, Sexp, faithful


class Preprocess(NamedTuple):
    """Preprocessing of modules before they are compiled. Made by `pps` and `staged_pps`."""

    words: tuple[str, ...] = ()
    """Names of ppx libraries, and options for them, which begin with `-`."""
    staged: bool = False

    @property
    def libraries(self) -> tuple[str, ...]:
        """The names of the ppx libraries. Arguments after `--` are for the libraries themselves."""
        end = self.words.index("--") if "--" in self.words else len(self.words)
        return tuple(word for word in self.words[:end] if not word.startswith("-"))

    @property
    def sexp(self) -> Sexp:
        """The value of dune's field `preprocess`."""
        return ("staged_pps" if self.staged else "pps", *self.words)

    def with_more(self, other: Preprocess) -> Preprocess:
        """Combine both: each library once, all options, and staged if either is."""
        more = (word for word in other.words if word not in self.words)
        return Preprocess((*self.words, *more), self.staged or other.staged)


NOTHING = Preprocess()
"""No preprocessing."""


class Building(NamedTuple):
    """Build settings for the own modules of a device, or of the application. Made by `building`."""

    modules: tuple[str, ...] | None = None
    """Modules that it needs beside its own; None if any may be needed."""
    preprocess: Preprocess = NOTHING
    stanzas: tuple[Sexp, ...] = ()


PLAIN = Building()
"""All modules, not preprocessed."""


def pps(*words: str) -> Preprocess:
    """Preprocess with the ppx libraries `words`, which may include options for them, such as `-verbose`.

    Libraries are local ones or those of packages, which need `build=True`: they run where the program is built, and are not
    linked. Raises InvalidName for an invalid name of a library.
    """
    for word in words:
        plain = isinstance(word, str) and word and (WORD | {".", "-"}).issuperset(word) and word[0] not in ".-"
        if not plain and not (isinstance(word, str) and word.startswith("-")):
            raise InvalidName(
                f"{word!r} is not the name of a ppx library: write it as in pps('lwt_ppx'); options begin with -",
                objects=[word],
            )
    found = Preprocess(words)
    if words and not found.libraries:
        raise InvalidName(f"{words!r} has options only: name a ppx library first", objects=words)
    return found


def staged_pps(*words: str) -> Preprocess:
    """Preprocess as `pps` does, while the compiler runs: for the few ppx libraries that look at other compiled modules."""
    return Preprocess(pps(*words).words, staged=bool(words))


def building(
    of: str,
    modules: Sequence[str] | None = None,
    preprocess: Preprocess | Sequence[str] = (),
    stanzas: Sequence[Sexp] = (),
) -> Building | None:
    """Check the arguments with these names of `foreign`, `main` and `register`. `of` names their owner in messages.

    Raises InvalidModule for an invalid name of a module, InvalidName for one of a ppx library, and InvalidValue for other
    mistakes.
    """
    if modules is None and preprocess == () and stanzas == ():
        return None
    return Building(
        None if modules is None else _modules(modules, of), _preprocess(preprocess, of), stanzas_of(stanzas, of)
    )


def _modules(given: Any, of: str) -> tuple[str, ...]:
    if not isinstance(given, (list, tuple)):
        raise InvalidValue(f"modules of {of} is {worded(given)}, but must be a list of names", objects=[given])
    for name in given:
        if not isinstance(name, str) or not name or name[0] not in UPPER or not (WORD | {"'"}).issuperset(name):
            hint = f": write {name[:1].upper()}{name[1:].removesuffix('.ml')}" if isinstance(name, str) else ""
            raise InvalidModule(f"modules of {of}: {name!r} is not the name of a module{hint}", objects=[name])
    return tuple(dict.fromkeys(given))


def _preprocess(given: Any, of: str) -> Preprocess:
    if isinstance(given, Preprocess):
        return given
    if not isinstance(given, (list, tuple)):
        raise InvalidValue(
            f"preprocess of {of} is {worded(given)}, but must be a list of ppx libraries, as ['lwt_ppx'], or staged_pps(…)",
            objects=[given],
        )
    return pps(*given)


def stanzas_of(given: Any, of: str) -> tuple[Sexp, ...]:
    """Return dune stanzas, given as nested tuples of text or as the text of a dune file. Raises InvalidValue for others."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidValue(
            f"stanzas of {of} is {worded(given)}, but must be a list of stanzas: put it in brackets", objects=[given]
        )
    found: list[Sexp] = []
    for each in given:
        try:
            found += read(each)
        except ValueError as error:
            raise InvalidValue(f"stanzas of {of}: {error}", objects=[each]) from None
    return tuple(found)


def read(given: object) -> tuple[Sexp, ...]:
    """Return the stanza `given`, or those in it if it is text. Raises ValueError if it is neither."""
    if isinstance(given, str):
        try:
            stanzas = faithful(given)
        except Malformed as error:
            raise ValueError(f"{_quoted(given, error.start)}: {error}") from None
    else:
        made = _sexp(given)
        stanzas = () if made is None else (made,)
    if not stanzas or not all(isinstance(each, tuple) and each and isinstance(each[0], str) for each in stanzas):
        raise ValueError(
            f"{worded(given)} is not a stanza: a stanza is a tuple that begins with its name, as "
            '("rule", ("targets", "x"), …), of text and such tuples, or its text, as "(rule (targets x) …)"'
        )
    return stanzas


def _quoted(text: str, at: int) -> str:
    """Say where `at` is in `text`: what stands there, and in which line if there are several."""
    line = text.count("\n", 0, at) + 1
    said = text[at:].partition("\n")[0]
    said = f"{said[:40]}…" if len(said) > 40 else said
    return f"line {line}, {said!r}" if "\n" in text else f"{said!r} in {text!r}" if said != text else repr(text)


def _sexp(given: object) -> Sexp | None:
    """Convert the lists in `given` to tuples; None if it contains anything but text."""
    if isinstance(given, str):
        return given
    if not isinstance(given, (list, tuple)):
        return None
    parts = [_sexp(each) for each in given]
    return None if any(part is None for part in parts) else tuple(part for part in parts if part is not None)
