"""Mistakes in keys, converters and values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import functoria
from functoria import App, Device, Key, Value, arg, errors, foreign, if_impl, job, match_impl
from mirage_devices import default_time, register, target, time
from tests.mistakes.registry import main, mistake, plain, write


def _broken(**parts: Any) -> Any:
    """Return a converter with parts that fail."""
    return arg.custom("anything", **{"runtime": "X.y", "parse": str, "literal": str, "instance": object, **parts})


def _fails(_: object) -> Any:
    raise KeyError("no such thing")


@mistake(
    errors.InvalidValue,
    ValueError,
    "is only given when the unikernel runs, but the configuration depends on it",
    objects=[Key],
)
def choice_by_a_key_that_comes_too_late(directory: Path) -> object:
    late = Key.flag("late", stage="run")  # here
    chosen = if_impl(late.value, plain, foreign("Other", job))  # here
    return register("mistake", [chosen]).plan().write(directory)


@mistake(
    errors.InvalidValue,
    ValueError,
    "is only given when the unikernel runs, but the configuration depends on it",
    objects=[Key],
)
def choice_by_a_key_that_comes_too_late_where_it_is_not_taken(directory: Path) -> object:
    early, late = Key.flag("early"), Key.opt("late", arg.int, default=1, stage="run")  # here
    inner = match_impl(late.value.map(str), {"1": plain}, default=foreign("Other", job))  # here
    return register("mistake", [if_impl(early.value, inner, plain)]).plan().write(directory)


@mistake(
    errors.Unsupported, ValueError, "the key target is for applications made by mirage_devices.register", objects=[Key]
)
def key_of_another_register(directory: Path) -> object:
    return functoria.register("mistake", [plain], keys=[target]).plan().write(directory)  # here


@mistake(
    errors.InvalidValue, ValueError, "the key loud is not its value, so it is neither true nor false", objects=[Key]
)
def key_that_is_taken_for_its_value(directory: Path) -> object:
    loud = Key.flag("loud")  # here
    return write(directory, plain if loud else foreign("Other", job))  # here


@mistake(
    errors.InvalidValue, ValueError, "the key target is not its value, so it is not in frozenset", ".eq", objects=[Key]
)
def key_that_is_looked_for_among_its_values(directory: Path) -> object:
    return write(directory, plain if target in {"xen", "qubes"} else foreign("Other", job))  # here


@mistake(errors.InvalidValue, ValueError, "a Value is not known before the keys are", ".eq", objects=[Value])
def value_that_is_looked_for_in_a_set(directory: Path) -> object:
    return write(directory, plain if target.value in {"xen", "qubes"} else foreign("Other", job))  # here


@mistake(errors.InvalidValue, ValueError, "key k:", "is not a converter: use one of arg", objects=[type])
def converter_that_is_none(directory: Path) -> object:
    text: Any = str
    return write(directory, foreign("U", job, keys=[Key.opt("k", text, default="")]))  # here


@mistake(errors.InvalidValue, ValueError, "is not anything ('no such thing')", objects=[str])
def converter_that_fails_to_read(directory: Path) -> object:
    return write(directory, foreign("U", job, keys=[Key.opt("k", _broken(parse=_fails), default="x")]))  # here


@mistake(
    errors.InvalidValue, ValueError, "the converter of key k cannot write", "literal gave object, which", objects=[Key]
)
def literal_that_is_no_text(directory: Path) -> object:
    key = Key.opt("k", _broken(literal=lambda value: object()), default=1)  # here
    return write(directory, plain, keys=[key])


@mistake(errors.InvalidValue, ValueError, "the converter of key k cannot write", "in OCaml: TypeError", objects=[Key])
def literal_within_that_is_no_text(directory: Path) -> object:
    key = Key.opt("k", arg.some(_broken(literal=lambda value: object())), default=1)  # here
    return write(directory, plain, keys=[key])


@mistake(errors.InvalidValue, ValueError, "default of key k: the converter for anything cannot print 1: KeyError")
def print_that_fails(directory: Path) -> object:
    key = Key.opt("k", _broken(print=lambda value: {}[value]), default=1)  # here
    return write(directory, plain, keys=[key])


@mistake(errors.InvalidValue, ValueError, "-k: the converter for a list", "cannot print (1,): TypeError")
def print_of_an_item_that_is_no_text(directory: Path) -> object:
    key = Key.opt("k", arg.list(_broken(print=lambda value: value)), default=[])  # here
    return register("mistake", [plain], keys=[key]).plan(k=[1]).write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "converters can be nested 50 deep at most")
def converters_one_in_the_other(directory: Path) -> object:
    converter: Any = arg.int
    for _ in range(2000):
        converter = arg.list(converter)  # here
    return write(directory, plain, keys=[Key.opt("k", converter, default=[])])


@mistake(errors.InvalidName, ValueError, "key k: its option names a, a are not all different", objects=[list])
def option_named_twice(directory: Path) -> object:
    return write(directory, plain, keys=[Key.flag("k", flags=["a", "a"], stage="run")])  # here


@mistake(errors.InvalidName, ValueError, "the key k claims --help, which is an option of functoria and of every")
def option_of_every_unikernel(directory: Path) -> object:
    return write(directory, plain, keys=[Key.flag("k", stage="run", flags=["help"])])  # here


@mistake(errors.InvalidValue, ValueError, "the converter of key k cannot write", "KeyError", objects=[Key])
def converter_that_fails_to_write(directory: Path) -> object:
    key = Key.opt("k", _broken(literal=_fails), default=3)  # here
    return write(directory, foreign("U", job, keys=[key]))


@mistake(errors.InvalidValue, ValueError, "key k: its default {} cannot be hashed", objects=[dict])
def default_that_cannot_be_hashed(directory: Path) -> object:
    return write(directory, foreign("U", job, keys=[Key.opt("k", _broken(), default={})]))  # here


@mistake(errors.InvalidValue, ValueError, "a context maps keys, or their names, to values; it is not 5", objects=[int])
def context_that_is_none(directory: Path) -> object:
    number: Any = 5
    return register("mistake", [plain]).plan(number).write(directory)  # here


@mistake(errors.InvalidName, ValueError, "flags must be a list of names, not 'hello'", objects=[str])
def flags_that_are_text(directory: Path) -> object:
    return write(directory, foreign("U", job, keys=[Key.flag("k", flags="hello")]))  # here


@mistake(errors.DuplicateKey, ValueError, "port", "another name", objects=[Key])
def duplicate_key_name(directory: Path) -> object:
    one = Key.opt("port", arg.int, default=80)  # here
    two = Key.opt("port", arg.int, default=8080)  # here
    return write(directory, foreign("Unikernel", job, keys=[one]), keys=[two])


@mistake(errors.DuplicateKey, ValueError, "-p", "another name", objects=[Key])
def duplicate_option(directory: Path) -> object:
    one = Key.opt("port", arg.int, default=80, flags=["p", "port"])  # here
    two = Key.opt("path", arg.string, default="/", flags=["p"])  # here
    return write(directory, plain, keys=[one, two])


@mistake(errors.DuplicateKey, ValueError, "another name", objects=[Key])
def keys_with_one_function(directory: Path) -> object:
    one = Key.opt("long-name", arg.int, default=80)  # here
    two = Key.opt("long_name", arg.int, default=80)  # here
    return write(directory, plain, keys=[one, two])


@mistake(errors.DuplicateKey, ValueError, "runtime_keys is taken", "another name", objects=[Key])
def key_named_as_the_list_of_keys(directory: Path) -> object:
    taken = Key.opt("runtime-keys", arg.int, default=80)  # here
    return write(directory, plain, keys=[taken])


@mistake(errors.InvalidName, ValueError, "is not a name for an option", objects=[str])
def malformed_option(directory: Path) -> object:
    key = Key.flag("chatty", flags=["-c"])  # here
    return write(directory, plain, keys=[key])


@mistake(errors.InvalidName, ValueError, "key", "choose one that starts with a letter", objects=[str])
def malformed_key_name(directory: Path) -> object:
    key = Key.flag("1st")  # here
    return write(directory, plain, keys=[key])


@mistake(errors.InvalidValue, ValueError, "default of key port: 'http' is not an integer", objects=[str])
def default_of_the_wrong_type(directory: Path) -> object:
    port = Key.opt("port", arg.int, default="http")  # here
    return write(directory, plain, keys=[port])


@mistake(errors.InvalidValue, ValueError, "--port: 'http' is not an integer", objects=[Key, str])
def value_that_does_not_parse(directory: Path) -> object:
    port = Key.opt("port", arg.int, default=80)  # here
    return register("mistake", [plain], keys=[port]).plan(port="http").write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "--port: [80] is not an integer", objects=[Key, list])
def value_of_the_wrong_type(directory: Path) -> object:
    port = Key.opt("port", arg.int, default=80)  # here
    return register("mistake", [plain], keys=[port]).plan({port: [80]}).write(directory)  # here


@mistake(
    errors.InvalidValue, ValueError, "--target: 'vmware' is not one of unix, macosx, xen, qubes", objects=[Key, str]
)
def target_that_does_not_exist(directory: Path) -> object:
    return write(directory, plain, context={"target": "vmware"})


@mistake(errors.InvalidValue, ValueError, "given when the unikernel runs", objects=[Key])
def value_for_a_key_of_the_run(directory: Path) -> object:
    port = Key.opt("port", arg.int, default=80, stage="run")  # here
    return write(directory, plain, keys=[port], context={"port": 80})


@mistake(errors.UnknownKey, LookupError, "there is no key 'prot'", "did you mean port?")
def unknown_key(directory: Path) -> object:
    return write(directory, plain, keys=[Key.opt("port", arg.int, default=80)], context={"prot": 80})


@mistake(errors.MissingKey, LookupError, "--zone is required: give it text", objects=[Key])
def required_key_left_out(directory: Path) -> object:
    zone = Key.required("zone", arg.string, stage="configure")  # here
    return write(directory, plain, keys=[zone])


@mistake(errors.Unsupported, ValueError, "mirage_devices.register", objects=[Device, App])
def another_register_that_is_given_the_key(directory: Path) -> object:
    app = functoria.register("mistake", [main @ default_time], keys=[target])  # here
    return app.plan(target="xen").write(directory)


@mistake(errors.InvalidValue, ValueError, "target.value.eq", objects=[Key, str])
def a_key_compared_with_text(directory: Path) -> object:
    chosen = default_time if target == "xen" else foreign("My_time", time)  # here
    return write(directory, main @ chosen)


@mistake(errors.InvalidValue, ValueError, "write loud.value", objects=[Key])
def choice_by_a_key_itself(directory: Path) -> object:
    loud: Any = Key.flag("loud", stage="configure")
    return write(directory, main @ if_impl(loud, default_time, default_time))  # here
