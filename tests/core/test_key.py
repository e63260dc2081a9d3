"""Keys: the values that they accept, their form in OCaml, and which can be used together."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, IPv6Network
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functoria import (
    Device,
    FunctoriaError,
    Impl,
    Info,
    Job,
    Key,
    Plan,
    arg,
    foreign,
    if_impl,
    job,
    match_impl,
    noop,
    package,
    register,
)
from functoria.errors import DuplicateKey, InvalidName, InvalidValue, MissingKey
from mirage_devices import Threshold, ipv4_address, ipv4_interface, ipv6_address, ipv6_network, log_threshold

HERE = __file__
LEVELS = ["app", "error", "warning", "info", "debug"]
OCAML_INTS = st.integers(-(2**62), 2**62 - 1)
COLOURS = ["red", "dark-blue", "light_green"]
PRNG = {"stdlib": "`Stdlib", "nocrypto": "`Nocrypto", "fortuna": "`Nocrypto"}

plain_text = st.text(st.characters(exclude_characters=",:", exclude_categories=["Cs"]), min_size=1, max_size=8)
v4 = st.ip_addresses(v=4)
thresholds = st.builds(Threshold, st.none() | plain_text.filter(lambda text: text != "*"), st.sampled_from(LEVELS[1:]))
networks = st.builds(
    lambda bits, length: IPv6Network((bits >> (128 - length) << (128 - length), length)),
    st.integers(0, 2**128 - 1),
    st.integers(0, 128),
)

# Converters with values of theirs. Lists on a command line are separated by commas, so their strings contain none.
CONVERTERS: list[tuple[arg.Converter[Any], st.SearchStrategy[Any]]] = [
    (arg.string, st.text(st.characters(exclude_categories=["Cs"]))),
    (arg.bool, st.booleans()),
    (arg.int, OCAML_INTS),
    (arg.enum(COLOURS), st.sampled_from(COLOURS)),
    (arg.enum(PRNG), st.sampled_from(["stdlib", "nocrypto"])),
    (arg.list(arg.int), st.lists(OCAML_INTS).map(tuple)),
    (arg.list(arg.string), st.lists(plain_text).map(tuple)),
    (arg.list(arg.enum(COLOURS)), st.lists(st.sampled_from(COLOURS)).map(tuple)),
    (arg.some(arg.int), OCAML_INTS),
    (ipv4_address, v4),
    (ipv4_interface, st.builds(lambda ip, length: IPv4Interface((ip, length)), v4, st.integers(0, 32))),
    (ipv6_address, st.ip_addresses(v=6)),
    (ipv6_network, networks),
    (log_threshold, thresholds),
    (arg.list(log_threshold), st.lists(thresholds).map(tuple)),
    (arg.list(ipv4_address), st.lists(v4).map(tuple)),
]
held = st.one_of([st.tuples(st.just(converter), values) for converter, values in CONVERTERS])


@given(held)
def test_what_is_printed_is_read_back(pair: tuple[arg.Converter[Any], Any]) -> None:
    converter, value = pair
    assert converter.parse(converter.print(value)) == value


@given(held)
def test_a_value_and_its_text_are_accepted_alike(pair: tuple[arg.Converter[Any], Any]) -> None:
    converter, value = pair
    for key in (
        Key.opt("k", converter, default=value),
        Key.opt("k", converter, default=converter.print(value)),
    ):
        assert key.default == value
        assert type(key.default) is type(value)
        assert key.accept(value) == key.accept(converter.print(value)) == value


@given(held, held)
def test_converters_are_equal_where_they_are_made_alike(one: Any, two: Any) -> None:
    assert (one[0] == two[0]) == (one[0] is two[0])
    assert arg.enum(COLOURS) == arg.enum(COLOURS)
    assert arg.list(arg.some(arg.int)) == arg.list(arg.some(arg.int)) != arg.some(arg.list(arg.int))


@given(st.none() | OCAML_INTS)
def test_some_takes_none_for_none(value: int | None) -> None:
    converter = arg.some(arg.int)
    assert converter.convert(value) == value
    assert converter.literal(value) == ("(None)" if value is None else f"(Some {arg.int.literal(value)})")


@pytest.mark.parametrize(
    ("converter", "value", "literal"),
    [
        (arg.string, 'a"b\\c', r'"a\"b\\c"'),
        (arg.bool, True, "true"),
        (arg.int, 7, "(7)"),
        (arg.int, -7, "(-7)"),
        (arg.enum(COLOURS), "dark-blue", "`Dark_blue"),
        (arg.enum(PRNG), "fortuna", "`Nocrypto"),
        (arg.list(arg.int), [1, "2"], "[(1); (2)]"),
        (arg.list(arg.string), [], "[]"),
        (arg.some(arg.bool), "false", "(Some false)"),
        (ipv4_address, "10.0.0.1", '(Ipaddr.V4.of_string_exn "10.0.0.1")'),
        (log_threshold, "tcp:debug", '(`Src "tcp", Logs.Debug)'),
        (log_threshold, "*:info", "(`All, Logs.Info)"),
    ],
)
def test_values_in_ocaml(converter: arg.Converter[Any], value: object, literal: str) -> None:
    assert converter.literal(converter.accept(value, of="k")) == literal


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4, unique=True))
@example(["a b"])
@example(["9p"])
@example(["a-b", "a_b"])
@example(["x`; y"])
def test_names_of_an_enum_become_variants_of_their_own_or_are_refused(names: list[str]) -> None:
    try:
        converter = arg.enum(names)
    except FunctoriaError:
        return
    variants = [converter.literal(name) for name in names]
    assert all(re.fullmatch("`[A-Za-z][A-Za-z0-9_]*", variant) for variant in variants)
    assert len(set(variants)) == len(names)
    assert [converter.parse(name) for name in names] == names


def test_several_names_of_one_variant_are_one_value() -> None:
    converter = arg.enum(PRNG)
    assert converter.parse("fortuna") == converter.parse("nocrypto") == "nocrypto"
    with pytest.raises(InvalidValue):
        arg.enum([])


# Refusals

WRONG: list[tuple[arg.Converter[Any], list[object]]] = [
    (arg.string, [1, True, None, ["a"], b"a"]),
    (arg.bool, ["yes", "", "True", 1, 0, None, [True]]),
    (arg.int, ["", "x", "1.5", "0x", "--1", "1e3", 1.0, True, None, 2**62, str(2**62), -(2**62) - 1, "9" * 5000]),
    (arg.enum(COLOURS), ["blue", "", "Red", "red ", 0, None, ["red"]]),
    (arg.list(arg.int), ["1,,2", "1,x", ["x"], [1.5], 1, None, [[1]], {1: 2}]),
    (arg.some(arg.int), ["", "none", 1.5]),
    (ipv4_address, ["10.0.0", "10.0.0.256", "::1", "", 1.5, None, IPv6Address("::1")]),
    (ipv4_interface, ["10.0.0.2", "10.0.0.2/33", "fe80::/64", IPv4Address("10.0.0.2")]),
    (ipv4_address, [IPv4Interface("10.0.0.1/24"), "10.0.0.1/24"]),
    (ipv6_address, ["fe80::1%eth0", "fe80::1%", IPv6Address("fe80::1%eth0"), IPv6Interface("fe80::1/64")]),
    (ipv6_network, ["10.0.0.0/8", "fe80::1/64x", "fe80::%3/64", IPv6Interface("fe80::1%1/64")]),
    (arg.list(ipv6_address), ["fe80::1,fe80::2%1", [IPv6Address("fe80::2%1")]]),
    (log_threshold, [Threshold(None, "app"), "loud", "app", "DEBUG", "a:b:debug", "tcp:", "", 3]),
]


@pytest.mark.parametrize(("converter", "value"), [(c, value) for c, values in WRONG for value in values])
def test_what_is_no_value_is_refused(converter: arg.Converter[Any], value: object) -> None:
    key: Key[Any] = Key.required("speed", converter, flags=["s", "speed"])
    wanted = "|".join(re.escape(each.expected) for each in [converter, getattr(converter, "item", converter)])
    with pytest.raises(InvalidValue, match=f"^--speed: .* is not ({wanted})") as caught:
        key.accept(value)
    assert caught.value.objects == (key, value)
    assert not (isinstance(value, str) and "None" in caught.value.message)  # there is no None on a command line
    with pytest.raises(InvalidValue):
        Key.opt("speed", converter, default=value)
    with pytest.raises(InvalidValue):
        register("app", [noop], keys=[key]).plan({key: value})


@given(st.lists(st.integers(0, 9), max_size=5), st.integers(0, 5), st.booleans())
def test_the_wrong_item_of_a_list_is_named(numbers: list[int], at: int, typed: bool) -> None:
    items = [*map(str, numbers[:at]), "x", *map(str, numbers[at:])]
    with pytest.raises(InvalidValue, match=r"^--speed: 'x'( in '.*')? is not an integer") as caught:
        Key.required("speed", arg.some(arg.list(arg.int))).accept(",".join(items) if typed else items)
    assert (" in " in caught.value.message) == (typed and len(items) > 1)


@given(OCAML_INTS, st.sampled_from([("0x", "x"), ("0o", "o"), ("0b", "b"), ("", "d"), ("0X", "X")]))
def test_integers_are_read_in_four_bases(value: int, base: tuple[str, str]) -> None:
    prefix, code = base
    assert arg.int.parse(f"{'-' * (value < 0)}{prefix}{format(abs(value), code)}") == value


class Level(enum.Enum):
    LOW = 1


def test_a_converter_of_ones_own() -> None:
    levels: arg.Converter[Level] = arg.custom(
        "a level",
        runtime="Level.arg",
        parse=lambda text: Level(int(text)),
        print=lambda level: str(level.value),
        literal=lambda level: f"Level.{level.name.capitalize()}",
        instance=Level,
    )
    key = Key.opt("level", levels, default="1")
    assert key.default is Level.LOW
    assert key.accept(Level.LOW) is Level.LOW
    assert levels.literal(Level.LOW) == "Level.Low"
    for wrong in ("2", "x", 1):
        with pytest.raises(InvalidValue, match="is not a level"):
            key.accept(wrong)


# Kinds and stages


def plan_of(*keys: Key[Any], context: dict[Any, Any] | None = None, **named: Any) -> Plan:
    return register("app", [noop], keys=keys).plan(context, **named)


def test_kinds_without_a_value() -> None:
    assert plan_of(Key.opt("k", arg.int, default=3)).values == {"k": 3}
    assert plan_of(Key.flag("k")).values == {"k": False}
    assert plan_of(Key.required("k", arg.int)).values == {"k": None}
    assert plan_of(Key.required("k", arg.int, stage="run")).values == {"k": None}
    needed = Key.required("k", arg.int, stage="configure", flags=["n", "needed"])
    with pytest.raises(MissingKey, match="--needed is required: give it an integer") as caught:
        plan_of(needed)
    assert caught.value.objects == (needed,)
    assert needed.location in caught.value.locations
    assert plan_of(needed, k=5).values == {"k": 5}


@given(st.sampled_from(["configure", "run", "both"]))
def test_stages(stage: Any) -> None:
    key = Key.opt("k", arg.int, default=3, stage=stage)
    assert (key.configurable, key.runtime) == (stage != "run", stage != "configure")
    if key.configurable:
        assert plan_of(key, k="4").values == {"k": 4}
    else:
        for given_ in ({"k": 4}, {key: 4}):
            with pytest.raises(InvalidValue, match="when the unikernel runs, not when it is configured") as caught:
                plan_of(key, context=given_)
            assert caught.value.objects == (key,)
    text = plan_of(key).files()["key_gen.ml"]
    assert ("runtime_keys" in text and '"k"' in text) == key.runtime


@attrs.frozen
class Asking(Device[Job]):
    """A device that looks up a key in `connect`."""

    key: Key[Any]

    type = job
    module = "Asking"

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        return (self.key,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        return f"return {info.get(self.key)}"


def _chosen(key: Key[Any]) -> Impl[Job]:
    return match_impl(key.value, {"a": foreign("A", job)}, default=foreign("Other", job), keys=[key])


def _packaged(key: Key[Any]) -> Impl[Job]:
    return foreign("Packaged", job, keys=[key], packages=key.value.map(lambda text: [package(f"lib-{text}")]))


ASKING: dict[str, Callable[[Key[Any]], Impl[Job]]] = {"a choice": _chosen, "packages": _packaged, "a hook": Asking}


@pytest.mark.parametrize("use", ASKING)
def test_what_configuring_goes_by_is_required_then(use: str) -> None:
    key = Key.required("zone", arg.enum(["a", "b"]))
    app = register("app", [ASKING[use](key)])
    for text in ("a", "b"):
        assert app.plan(zone=text).files()
        assert app.plan(partial=True).complete(zone=text).files()
    with pytest.raises(MissingKey, match=r"--zone is required when configuring, .*: give it one of a, b") as caught:
        app.plan().files()
    assert caught.value.objects == (key,)
    assert key.location in caught.value.locations


@pytest.mark.parametrize("use", ["a choice", "packages"])
def test_a_required_key_leaves_a_partial_plan_open(use: str) -> None:
    key = Key.required("zone", arg.enum(["a", "b"]))
    assert register("app", [ASKING[use](key)]).plan(partial=True).undecided == (key,)


def test_a_required_key_that_only_a_branch_not_taken_goes_by_can_wait() -> None:
    zone, loud = Key.required("zone", arg.string), Key.flag("loud")
    app = register("app", [if_impl(loud.value, _chosen(zone), noop, keys=[loud])])
    assert app.plan().values == {"loud": False, "zone": None}
    with pytest.raises(MissingKey):
        app.plan(loud=True)


@pytest.mark.parametrize("use", ASKING)
@pytest.mark.parametrize("partial", [False, True])
def test_configuring_cannot_go_by_a_key_of_the_run(use: str, partial: bool) -> None:
    key = Key.opt("zone", arg.enum(["a", "b"]), default="a", stage="run")
    app = register("app", [ASKING[use](key)])
    with pytest.raises(
        InvalidValue, match=r"the key zone is only given when the unikernel runs, .* give it the stage both"
    ) as caught:
        app.plan(partial=partial and use != "a hook").files()
    assert caught.value.objects == (key,)
    assert key.location in caught.value.locations


# Several keys


def test_a_key_and_its_equal_are_one() -> None:
    one, two = (Key.opt("k", arg.int, default="3", doc="A number.") for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert plan_of(one, two).keys == (one,)


@pytest.mark.parametrize(
    ("one", "two", "message"),
    [
        (Key.flag("k"), Key.flag("k", doc="Other."), "two keys named 'k' differ"),
        (Key.opt("k", arg.int, default=1), Key.opt("k", arg.int, default=2), "two keys named 'k' differ"),
        (Key.flag("a", flags=["x"]), Key.flag("b", flags=["y", "x"]), "the keys a and b both claim -x"),
        (Key.flag("a"), Key.flag("b", flags=["a"]), "both claim -a"),
        (Key.flag("long"), Key.flag("b", flags=["long"]), "both claim --long"),
        (Key.flag("a-b"), Key.flag("a_b"), "both claim a_b"),
        (Key.flag("k_t", stage="configure"), Key.flag("k", stage="run"), "both claim k_t"),
        (Key.flag("val"), Key.flag("val_"), "both claim val_"),
        (Key.flag("Kk"), Key.flag("kk"), "both claim kk"),
    ],
)
def test_keys_that_claim_the_same_are_both_named(one: Key[Any], two: Key[Any], message: str) -> None:
    for keys in ([one, two], [two, one]):
        with pytest.raises(DuplicateKey) as caught:
            plan_of(*keys)
        assert set(caught.value.objects) == {one, two}
        assert set(caught.value.locations) == {one.location, two.location}
        assert message in str(caught.value) or message.replace(
            f"{one.name} and {two.name}", f"{two.name} and {one.name}"
        ) in str(caught.value)


def test_runtime_keys_is_no_name_for_a_key() -> None:
    with pytest.raises(DuplicateKey, match="runtime_keys is taken"):
        plan_of(Key.flag("runtime-keys"))


@given(st.lists(st.sampled_from(["a", "b", "a-b", "a_b", "aT", "a_t", "val"]), min_size=1, max_size=4, unique=True))
def test_distinct_keys_have_distinct_functions(names: list[str]) -> None:
    keys = [Key.flag(name) for name in names]
    functions = [claim for key in keys for claim in (key.ocaml_name, f"{key.ocaml_name}_t")]
    if len(set(functions)) == len(functions):
        assert [key.name for key in plan_of(*keys).keys] == sorted(names)
    else:
        with pytest.raises(DuplicateKey):
            plan_of(*keys)


@pytest.mark.parametrize("name", ["", "1st", "é", "--", "_", "-", " ", "1", 3, None])
def test_what_is_no_name_for_a_key_is_refused(name: Any) -> None:
    with pytest.raises(InvalidName) as caught:
        Key.flag(name)
    assert [place.file for place in caught.value.locations] == [HERE]


@pytest.mark.parametrize(
    "flags", [[], [""], ["-x"], ["--long"], ["a b"], ["a=b"], ["a,b"], ['"'], ["\\"], ["a\n"], [3]]
)
def test_what_is_no_name_for_an_option_is_refused(flags: Any) -> None:
    with pytest.raises(InvalidName, match="option") as caught:
        Key.flag("k", flags=flags)
    assert [place.file for place in caught.value.locations] == [HERE]


@given(st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x2FF), min_size=1, max_size=2))
def test_an_option_has_one_dash_where_its_name_is_one_byte(flag: str) -> None:
    try:
        (option,) = Key.flag("k", flags=[flag]).options
    except InvalidName:
        return
    assert option == ("-" if len(flag.encode()) == 1 else "--") + flag


@pytest.mark.parametrize("more", [{"env": "1A"}, {"env": "A B"}, {"env": ""}, {"env": "É"}])
def test_what_is_no_name_for_a_variable_is_refused(more: Any) -> None:
    with pytest.raises(InvalidName, match="environment variable"):
        Key.flag("k", **more)


def test_what_is_no_stage_is_refused() -> None:
    with pytest.raises(InvalidValue, match="is not configure, run or both"):
        Key.flag("k", stage="boot")  # type: ignore[arg-type]  # that is what is tested


# A key made by its constructor, or from another key, is checked like one made in the four usual ways.

MADE: dict[str, Callable[..., Key[Any]]] = {
    "opt": lambda name, converter, default, stage, sets, **more: Key.opt(
        name, converter, default=default, stage=stage, **more
    ),
    "flag": lambda name, converter, default, stage, sets, **more: Key.flag(name, stage=stage, **more),
    "required": lambda name, converter, default, stage, sets, **more: Key.required(
        name, converter, stage=stage, **more
    ),
    "alias": lambda name, converter, default, stage, sets, **more: Key.alias(name, sets, **more),
}
SET = Key.opt("set", arg.int, default=1)
BY_HAND = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["k", "a-b", "val", "help", "", "1", "é", "a b", None, 3]),
        "kind": st.sampled_from(list(MADE)),
        "converter": st.sampled_from([arg.int, arg.string, arg.list(arg.int), arg.some(arg.int), int, None]),
        "default": st.sampled_from([1, "2", "x", None, [1, 2], ["x"], 1.5, {}]),
        "stage": st.sampled_from(["configure", "run", "both", "boot", None]),
        "sets": st.sampled_from([{SET: 2}, {SET: "3"}, {SET: "x"}, {}, {3: 4}, {Key.flag("r", stage="run"): True}, 5]),
    },
    optional={
        "doc": st.sampled_from(["Text.", None, 3]),
        "docs": st.sampled_from(["SECTION", None]),
        "docv": st.sampled_from([None, "V", b"v"]),
        "env": st.sampled_from([None, "A_B", "1A", "", 3]),
        "flags": st.sampled_from([None, ["x"], ("a", "b"), ["-x"], ["a", "a"], ["help"], [], "text", 3, [3], {"x"}]),
    },
)


@given(BY_HAND)
def test_a_key_by_hand_is_what_its_maker_makes_or_is_refused_as_there(arguments: dict[str, Any]) -> None:
    kind = arguments["kind"]
    own = {
        "opt": {"sets": ()},
        "flag": {"converter": arg.bool, "default": False, "sets": ()},
        "required": {"default": None, "sets": ()},
        "alias": {"converter": arg.bool, "default": False, "stage": "configure"},
    }[kind]
    try:
        made = MADE[kind](**{name: value for name, value in arguments.items() if name != "kind"})
    except FunctoriaError as error:
        with pytest.raises(type(error), match=re.escape(error.message)) as caught:
            Key(**{**arguments, **own})
        assert [place.file for place in caught.value.locations] == [HERE]
    else:
        by_hand: Key[Any] = Key(**{**arguments, **own})
        assert by_hand == made == attrs.evolve(made)
        assert by_hand.location is not None
        assert by_hand.location.file == HERE


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "other"},
        {"kind": "flag", "converter": arg.bool},
        {"kind": "flag", "converter": arg.int, "default": False},
        {"kind": "required"},
        {"kind": "opt", "sets": {SET: 1}},
        {"kind": "alias", "converter": arg.bool, "default": False, "sets": ((SET,),)},
        {"kind": "alias", "converter": arg.bool, "default": False, "sets": {SET: 1}},
    ],
)
def test_a_key_by_hand_is_of_its_kind(arguments: Any) -> None:
    with pytest.raises(InvalidValue, match=r"^(the )?(key|alias) k"):
        Key(**{"name": "k", "converter": arg.int, "default": 1, **arguments})


RUN = Key.opt("later", arg.int, default=1, stage="run")
OTHER = Key.alias("other", {SET: 1})


@pytest.mark.parametrize(
    "sets",
    [
        *((), [], {}, None, [(SET, 1)], ((SET,),), ((SET, 1, 1),), (SET,), (("on", 1),), ((RUN, 1),), ((OTHER, 1),)),
        *(((SET, 1), (RUN, 1)), ((SET, 1), None)),
    ],
    ids=str,
)
def test_what_an_alias_cannot_set(sets: Any) -> None:
    """The pairs are given directly, before anything is made of them: at least one, of configured keys and values."""
    with pytest.raises(
        InvalidValue, match=r"^the alias k (must map at least one key|can only set keys of the configuration)"
    ):
        Key("k", "alias", arg.bool, False, "configure", sets=sets)
    made = Key("k", "alias", arg.bool, False, "configure", sets=((SET, 1),))
    assert made.sets == ((SET, 1),)


@pytest.mark.parametrize("sets", [((SET, 1),), {SET: 1}, [1]], ids=str)
@pytest.mark.parametrize("kind", ["opt", "flag", "required"])
def test_what_is_not_an_alias_sets_nothing(kind: Any, sets: Any) -> None:
    default: Any = {"opt": 1, "flag": False, "required": None}[kind]
    with pytest.raises(InvalidValue, match=r"^the key k is not an alias, and sets no other"):
        Key("k", kind, arg.bool if kind == "flag" else arg.int, default, sets=sets)


def test_a_key_made_from_another_is_checked() -> None:
    key = Key.opt("k", arg.int, default=1)
    assert attrs.evolve(key, default="2") == Key.opt("k", arg.int, default=2)
    with pytest.raises(InvalidValue, match="default of key k: 'x' is not an integer"):
        attrs.evolve(key, default="x")


@pytest.mark.parametrize(("name", "code"), [("port", "port"), ("a-b", "a_b"), ("type", "type_"), ("Port", "port")])
def test_a_key_is_called_by_its_name_in_the_key_module(name: str, code: str) -> None:
    key = Key.opt(name, arg.int, default=1)
    assert key.ocaml_name == code
    assert key.call == f"(Key_gen.{code} ())"
