"""More of OCaml's module List: functions of two lists, association lists, sorting, and sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import unlabelled as call
from functoria.ocaml.builtin import raw
from functoria.ocaml.expected import boolean, integer, list_in, of_kind, or_none, order, pair_of, pairs_in, raised_at
from functoria.ocaml.folds import folds
from functoria.ocaml.values import NIL, NONE, Char, Construct, List, Raised, Wrapped, invalid, list_of, some
from functoria.ocaml.world import Surroundings


def same(one: Any, two: Any) -> bool:
    """Whether two values are the same by OCaml's `==`."""
    return one is two or (isinstance(one, (int, Char, Construct)) and not getattr(one, "applied", False) and one == two)


def _fold_left2(f: Any, start: Any, one: Any, two: Any, at: Location) -> Any:
    for x, y in pairs_in("List.fold_left2", one, two, at):
        start = call(f, start, x, y, at=at)
    return start


def _fold_right2(f: Any, one: Any, two: Any, start: Any, at: Location) -> Any:
    for x, y in reversed(list(pairs_in("List.fold_right2", one, two, at))):
        start = call(f, x, y, start, at=at)
    return start


def _iter2(f: Any, one: Any, two: Any, at: Location) -> tuple[()]:
    for x, y in pairs_in("List.iter2", one, two, at):
        call(f, x, y, at=at)
    return ()


def _rev_map2(f: Any, one: Any, two: Any, at: Location) -> List:
    return list_of([call(f, x, y, at=at) for x, y in pairs_in("List.rev_map2", one, two, at)][::-1])


def _until(name: str, stop: bool) -> Callable[[Any, Any, Any, Location], bool]:
    """Apply a predicate to pairs until one decides."""

    def run(f: Any, one: Any, two: Any, at: Location) -> bool:
        decided = any(boolean(call(f, x, y, at=at), at) is stop for x, y in pairs_in(name, one, two, at))
        return stop if decided else not stop

    return run


def _equal(f: Any, one: Any, two: Any, at: Location) -> bool:
    a, b = list_in(one, at), list_in(two, at)
    return all(boolean(call(f, x, y, at=at), at) for x, y in zip(a, b, strict=False)) and a.size == b.size


def _compare(f: Any, one: Any, two: Any, at: Location) -> int:
    a, b = list_in(one, at), list_in(two, at)
    for x, y in zip(a, b, strict=False):
        found = integer(call(f, x, y, at=at), at)
        if found:
            return found
    return _lengths(a.size, b.size)


def _lengths(one: int, two: int) -> int:
    return (one > two) - (one < two)


def _size(value: Any, at: Location) -> int:
    return list_in(value, at).size


def _fold_left_map(f: Any, start: Any, value: Any, at: Location) -> tuple[Any, List]:
    found: list[Any] = []
    for item in list_in(value, at):
        start, held = pair_of(call(f, start, item, at=at), at)
        found.append(held)
    return start, list_of(found)


def _filteri(f: Any, value: Any, at: Location) -> List:
    return list_of([x for n, x in enumerate(list_in(value, at)) if boolean(call(f, n, x, at=at), at)])


def _partition_map(f: Any, value: Any, at: Location) -> tuple[List, List]:
    found: list[Construct] = [call(f, item, at=at) for item in list_in(value, at)]
    return tuple(list_of([each.argument for each in found if each.name == name]) for name in ("Left", "Right"))  # type: ignore[return-value]  # of two


def _nth_opt(value: Any, number: Any, at: Location) -> Construct:
    if integer(number, at) < 0:
        raise raised_at(invalid("List.nth"), at)
    found = list_in(value, at)
    return some(next(islice(found, number, None))) if number < found.size else NONE


def _merge(f: Any, one: Any, two: Any, at: Location) -> List:
    a, b, found = list_in(one, at), list_in(two, at), []
    while a is not NIL and b is not NIL:
        if integer(call(f, a.head, b.head, at=at), at) <= 0:
            found.append(a.head)
            a = a.tail
        else:
            found.append(b.head)
            b = b.tail
    return list_of(found, a if b is NIL else b)


def _associations(alike: Callable[[Any, Any, Location], bool], end: str) -> dict[str, Any]:
    def assoc(key: Any, value: Any, at: Location) -> Any:
        for pair in list_in(value, at):
            name, held = pair_of(pair, at)
            if alike(name, key, at):
                return held
        raise Raised(Construct("Not_found"), at)

    def has(key: Any, value: Any, at: Location) -> bool:
        return any(alike(pair_of(pair, at)[0], key, at) for pair in list_in(value, at))

    def remove(key: Any, value: Any, at: Location) -> List:
        items = list(list_in(value, at))
        number = next((n for n, pair in enumerate(items) if alike(pair_of(pair, at)[0], key, at)), len(items))
        return list_of(items[:number] + items[number + 1 :])

    return {
        f"ass{end}": raw(f"List.ass{end}", ". .", assoc),
        f"ass{end}_opt": raw(f"List.ass{end}_opt", ". .", or_none(assoc)),
        f"mem_ass{end}": raw(f"List.mem_ass{end}", ". .", has),
        f"remove_ass{end}": raw(f"List.remove_ass{end}", ". .", remove),
    }


@cache
def more_lists() -> dict[str, Any]:
    """Return the values of the module List that are defined here."""
    table: dict[str, Any] = {
        "iter2": raw("List.iter2", ". . .", _iter2),
        "rev_map2": raw("List.rev_map2", ". . .", _rev_map2),
        "fold_left2": raw("List.fold_left2", ". . . .", _fold_left2),
        "fold_right2": raw("List.fold_right2", ". . . .", _fold_right2),
        "for_all2": raw("List.for_all2", ". . .", _until("List.for_all2", False)),
        "exists2": raw("List.exists2", ". . .", _until("List.exists2", True)),
        "equal": raw("List.equal", ". . .", _equal),
        "compare": raw("List.compare", ". . .", _compare),
        "compare_lengths": raw(
            "List.compare_lengths", ". .", lambda a, b, at: _lengths(list_in(a, at).size, list_in(b, at).size)
        ),
        "compare_length_with": raw(
            "List.compare_length_with", ". .", lambda a, n, at: _lengths(_size(a, at), integer(n, at))
        ),
        "fold_left_map": raw("List.fold_left_map", ". . .", _fold_left_map),
        "filteri": raw("List.filteri", ". .", _filteri),
        "partition_map": raw("List.partition_map", ". .", _partition_map),
        "nth_opt": raw("List.nth_opt", ". .", _nth_opt),
        "merge": raw("List.merge", ". . .", _merge),
        "memq": raw("List.memq", ". .", lambda key, value, at: any(same(key, each) for each in list_in(value, at))),
        "to_seq": raw("List.to_seq", ".", lambda value, at: Wrapped("seq", tuple(list_in(value, at)))),
        "of_seq": raw("List.of_seq", ".", lambda value, at: list_of(seq_in(value, at))),
    }
    return (
        table
        | _associations(lambda a, b, at: order(a, b, at) == 0, "oc")
        | _associations(lambda a, b, _: same(a, b), "q")
    )


# Sequences, whose items are made at once


def seq_in(value: Any, at: Location) -> tuple[Any, ...]:
    """Return the items of `value` if it is a sequence; raise TypeMismatch otherwise."""
    found: tuple[Any, ...] = of_kind(value, "seq", "a sequence", at).value
    return found


def _seq(items: Iterable[Any]) -> Wrapped:
    return Wrapped("seq", tuple(items))


def _chosen(f: Any, value: Any, at: Location) -> Wrapped:
    found = (call(f, item, at=at) for item in seq_in(value, at))
    return _seq(each.argument for each in found if each.applied)


def sequences(world: Surroundings) -> dict[str, Any]:
    """Return the values of the module Seq."""

    def flat(f: Any, value: Any, at: Location) -> Wrapped:
        found: list[Any] = []
        for item in seq_in(value, at):
            inner = seq_in(call(f, item, at=at), at)
            world.budget.cells(at, len(inner))
            found += inner
        return _seq(found)

    shared = folds("Seq", seq_in)
    return {
        "empty": _seq(()),
        "return": raw("Seq.return", ".", lambda value, at: _seq((value,))),
        "cons": raw("Seq.cons", ". .", lambda item, value, at: _seq((item, *seq_in(value, at)))),
        "append": raw("Seq.append", ". .", lambda a, b, at: _seq((*seq_in(a, at), *seq_in(b, at)))),
        "map": raw("Seq.map", ". .", lambda f, value, at: _seq(call(f, item, at=at) for item in seq_in(value, at))),
        "filter": raw(
            "Seq.filter", ". .", lambda f, v, at: _seq(x for x in seq_in(v, at) if boolean(call(f, x, at=at), at))
        ),
        "filter_map": raw("Seq.filter_map", ". .", _chosen),
        "flat_map": raw("Seq.flat_map", ". .", flat),
        "concat_map": raw("Seq.concat_map", ". .", flat),
        "fold_left": shared["fold_left"],
        "iter": shared["iter"],
    }
