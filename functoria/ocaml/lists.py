"""OCaml's module List."""

from __future__ import annotations

from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import unlabelled as call
from functoria.ocaml.builtin import raw
from functoria.ocaml.errors import refused
from functoria.ocaml.expected import boolean, integer, list_in, order, pair_of, pairs_in, raised_at
from functoria.ocaml.folds import folds
from functoria.ocaml.values import NIL, NONE, Construct, List, Raised, cons, failure, invalid, list_of, some
from functoria.ocaml.world import Surroundings


def append(one: Any, two: Any, at: Location) -> List:
    """Return the items of both lists, in a list."""
    return list_of(list_in(one, at), list_in(two, at))


def _without_early(f: Any, found: list[Any], at: Location) -> list[Any]:
    """Return the items without those that `List.sort_uniq` drops although they come first of equal ones.

    OCaml halves a list until its parts have two or three items. Among those, of three that begin with two equal ones it keeps
    the second one; everywhere else, the first.
    """
    if len(found) > 3:
        half = len(found) // 2
        return _without_early(f, found[:half], at) + _without_early(f, found[half:], at)
    return found[1:] if len(found) == 3 and integer(call(f, *found[:2], at=at), at) == 0 else found


def lists(world: Surroundings) -> dict[str, Any]:
    """Return the values of the module List."""
    budget, items = world.budget, list_in

    def map_(f: Any, value: Any, at: Location) -> List:
        return list_of([call(f, item, at=at) for item in items(value, at)])

    def map2(f: Any, one: Any, two: Any, at: Location) -> List:
        return list_of([call(f, x, y, at=at) for x, y in pairs_in("List.map2", one, two, at)])

    def filter_(f: Any, value: Any, at: Location) -> List:
        return list_of([item for item in items(value, at) if boolean(call(f, item, at=at), at)])

    def filter_map(f: Any, value: Any, at: Location) -> List:
        found = [call(f, item, at=at) for item in items(value, at)]
        return list_of([each.argument for each in found if isinstance(each, Construct) and each.applied])

    def find(f: Any, value: Any, at: Location) -> Any:
        found = find_opt(f, value, at)
        if not found.applied:
            raise Raised(Construct("Not_found"), at)
        return found.argument

    def find_opt(f: Any, value: Any, at: Location) -> Construct:
        return next((some(item) for item in items(value, at) if boolean(call(f, item, at=at), at)), NONE)

    def nth(value: Any, number: Any, at: Location) -> Any:
        found = list(items(value, at))
        if integer(number, at) < 0:
            raise raised_at(invalid("List.nth"), at)
        if number >= len(found):
            raise raised_at(failure("nth"), at)
        return found[number]

    def head(value: Any, at: Location) -> Any:
        if list_in(value, at) is NIL:
            raise raised_at(failure("hd"), at)
        return value.head

    def tail(value: Any, at: Location) -> Any:
        if list_in(value, at) is NIL:
            raise raised_at(failure("tl"), at)
        return value.tail

    def concat(value: Any, at: Location) -> List:
        inner = [items(each, at) for each in items(value, at)]
        budget.cells(at, sum(each.size for each in inner))
        return list_of(item for each in inner for item in each)

    def init(count: Any, f: Any, at: Location) -> List:
        if integer(count, at) < 0:
            raise raised_at(invalid("List.init"), at)
        if count > 100_000:
            raise refused(at, "lists of more than 100000 items are not supported")
        return list_of([call(f, number, at=at) for number in range(count)])

    def sort(f: Any, value: Any, at: Location) -> List:
        from functools import cmp_to_key

        return list_of(sorted(items(value, at), key=cmp_to_key(lambda a, b: call(f, a, b, at=at))))

    def sort_uniq(f: Any, value: Any, at: Location) -> List:
        found: list[Any] = []
        for item in sort(f, list_of(_without_early(f, list(items(value, at)), at)), at):
            if not found or call(f, found[-1], item, at=at) != 0:
                found.append(item)
        return list_of(found)

    def partition(f: Any, value: Any, at: Location) -> tuple[List, List]:
        held = [(item, boolean(call(f, item, at=at), at)) for item in items(value, at)]
        return list_of([item for item, yes in held if yes]), list_of([item for item, yes in held if not yes])

    def split(value: Any, at: Location) -> tuple[List, List]:
        pairs = [pair_of(pair, at) for pair in items(value, at)]
        return list_of([one for one, _ in pairs]), list_of([two for _, two in pairs])

    def combine(one: Any, two: Any, at: Location) -> List:
        return list_of(pairs_in("List.combine", one, two, at))

    def mapi(f: Any, value: Any, at: Location) -> List:
        return list_of([call(f, number, item, at=at) for number, item in enumerate(items(value, at))])

    def find_map(f: Any, value: Any, at: Location) -> Any:
        for item in items(value, at):
            found = call(f, item, at=at)
            if isinstance(found, Construct) and found.applied:
                return found
        return NONE

    return {
        **folds("List", items),
        "map": raw("List.map", ". .", map_),
        "mapi": raw("List.mapi", ". .", mapi),
        "rev_map": raw("List.rev_map", ". .", lambda f, value, at: list_of(reversed(list(map_(f, value, at))))),
        "rev_append": raw(
            "List.rev_append", ". .", lambda a, b, at: list_of(reversed(list(items(a, at))), items(b, at))
        ),
        "find_map": raw("List.find_map", ". .", find_map),
        "stable_sort": raw("List.stable_sort", ". .", sort),
        "map2": raw("List.map2", ". . .", map2),
        "rev": raw("List.rev", ".", lambda value, at: list_of(reversed(list(items(value, at))))),
        "length": raw("List.length", ".", lambda value, at: items(value, at).size),
        "hd": raw("List.hd", ".", head),
        "tl": raw("List.tl", ".", tail),
        "nth": raw("List.nth", ". .", nth),
        "cons": raw("List.cons", ". .", lambda item, value, at: cons(item, list_in(value, at))),
        "append": raw("List.append", ". .", append),
        "concat": raw("List.concat", ".", concat),
        "flatten": raw("List.flatten", ".", concat),
        "concat_map": raw("List.concat_map", ". .", lambda f, value, at: concat(map_(f, value, at), at)),
        "filter": raw("List.filter", ". .", filter_),
        "find_all": raw("List.find_all", ". .", filter_),
        "filter_map": raw("List.filter_map", ". .", filter_map),
        "partition": raw("List.partition", ". .", partition),
        "find": raw("List.find", ". .", find),
        "find_opt": raw("List.find_opt", ". .", find_opt),
        "mem": raw("List.mem", ". .", lambda key, v, at: any(order(key, each, at) == 0 for each in items(v, at))),
        "init": raw("List.init", ". .", init),
        "sort": raw("List.sort", ". .", sort),
        "sort_uniq": raw("List.sort_uniq", ". .", sort_uniq),
        "split": raw("List.split", ".", split),
        "combine": raw("List.combine", ". .", combine),
    }
