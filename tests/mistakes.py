"""Mistakes that users make, each with the error that it is. Lines that the error must name end with a mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from attrs import frozen

import functoria
from functoria import (
    App,
    Device,
    FunctoriaError,
    Impl,
    Info,
    Job,
    Key,
    Package,
    Value,
    arg,
    errors,
    foreign,
    functor,
    if_impl,
    job,
    match_impl,
    package,
)
from mirage_devices import (
    block,
    block_of_file,
    console,
    custom_console,
    default_network,
    default_qubesdb,
    default_reporter,
    default_time,
    generic_stackv4,
    qubes_ipv4_stack,
    register,
    resolver,
    resolver_unix_system,
    stackv4,
    target,
    time,
)

main = foreign("Unikernel.Main", time >> job)
plain = foreign("Unikernel", job)


class Mistake(NamedTuple):
    """A mistake, and the error that it is: its class, the builtin, what its message says, the kinds of its objects."""

    make: Callable[[Path], object]
    error: type[FunctoriaError]
    builtin: type[Exception]
    says: tuple[str, ...]
    objects: tuple[type, ...]


MISTAKES: dict[str, Mistake] = {}


def mistake(
    error: type[FunctoriaError], builtin: type[Exception], *says: str, objects: Sequence[type] = ()
) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Note a mistake, a function of the directory to write to. Lines that end in `# here` are where the error points."""

    def note(make: Callable[[Path], object]) -> Callable[[Path], object]:
        MISTAKES[make.__name__] = Mistake(make, error, builtin, says, tuple(objects))
        return make

    return note


def write(directory: Path, *jobs: Impl[Job], context: dict[Any, Any] | None = None, **more: Any) -> object:
    return register("mistake", list(jobs), **more).plan(context).write(directory)


@mistake(errors.TypeMismatch, TypeError, "Unikernel.Main (time >> job) expects time", "argument 1", objects=[Impl])
def wrong_argument(directory: Path) -> object:
    functor = foreign("Unikernel.Main", time >> job)  # here
    other: Any = foreign("Other", console)  # here
    return write(directory, functor @ other)  # here


@mistake(errors.TypeMismatch, TypeError, "expects block as argument 2", "Unikernel.Two", objects=[Impl])
def wrong_second_argument(directory: Path) -> object:
    functor: Any = foreign("Unikernel.Two", time >> block >> job)(foreign("My_time", time))  # here
    other = foreign("Other", console)  # here
    return write(directory, functor(other))  # here


@mistake(errors.TypeMismatch, TypeError, "must hold jobs: 1 argument missing", objects=[Impl])
def missing_argument(directory: Path) -> object:
    functor: Any = foreign("Unikernel.Main", time >> job)  # here
    return register("mistake", [functor]).plan().write(directory)  # here


@mistake(errors.TypeMismatch, TypeError, "must hold jobs: 2 arguments missing", objects=[Impl])
def missing_arguments(directory: Path) -> object:
    functor: Any = foreign("Unikernel.Main", time >> block >> console >> job)(default_time)  # here
    return register("mistake", [functor]).plan().write(directory)  # here


@mistake(errors.TypeMismatch, TypeError, "expects no more argument, but got one", objects=[Impl])
def surplus_argument(directory: Path) -> object:
    started: Any = foreign("Unikernel.Main", time >> job) @ default_time  # here
    surplus = foreign("More", time)  # here
    return write(directory, started @ surplus)  # here


@mistake(errors.TypeMismatch, TypeError, "expects an implementation as argument, not 'tap0'", objects=[Impl])
def argument_that_is_no_implementation(directory: Path) -> object:
    functor: Any = foreign("Unikernel.Main", time >> job)  # here
    return write(directory, functor @ "tap0")  # here


@mistake(errors.TypeMismatch, TypeError, "holds Unikernel, a time, but must hold jobs", objects=[Impl])
def job_of_another_type(directory: Path) -> object:
    other: Any = foreign("Unikernel", time)  # here
    return register("mistake", [plain, other]).plan().write(directory)  # here


@mistake(errors.TypeMismatch, TypeError, "jobs holds 'Unikernel', which is not a job", objects=[str])
def job_that_is_no_implementation(directory: Path) -> object:
    text: Any = "Unikernel"
    return register("mistake", [text]).plan().write(directory)  # here


@mistake(errors.TypeMismatch, TypeError, "put", "in brackets", objects=[Impl])
def job_without_a_list(directory: Path) -> object:
    jobs: Any = plain
    return register("mistake", jobs).plan().write(directory)  # here


@mistake(
    errors.TypeMismatch, TypeError, "Unikernel is to start after Logger.Make, which misses arguments", objects=[Device]
)
def dependency_without_its_argument(directory: Path) -> object:
    logger: Any = foreign("Logger.Make", time >> job)  # here
    return write(directory, foreign("Unikernel", job, deps=[logger]))  # here


@mistake(
    errors.TypeMismatch, TypeError, "the arguments of keys must be an argv, but got Other, a console", objects=[Impl]
)
def arguments_of_another_type(directory: Path) -> object:
    other: Any = foreign("Other", console)
    return register("mistake", [plain], argv=other).plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "which is given when the unikernel runs: too late to choose", objects=[Key])
def choice_by_a_key_that_comes_too_late(directory: Path) -> object:
    late = Key.flag("late", stage="run")  # here
    chosen = if_impl(late.value, plain, foreign("Other", job))  # here
    return register("mistake", [chosen]).plan().write(directory)


@mistake(errors.InvalidValue, ValueError, "which is given when the unikernel runs: too late to choose", objects=[Key])
def choice_by_a_key_that_comes_too_late_where_it_is_not_taken(directory: Path) -> object:
    early, late = Key.flag("early"), Key.opt("late", arg.int, default=1, stage="run")  # here
    inner = match_impl(late.value.map(str), {"1": plain}, default=foreign("Other", job))  # here
    return register("mistake", [if_impl(early.value, inner, plain)]).plan().write(directory)


@mistake(errors.InvalidValue, ValueError, "which is given when the unikernel runs: too late to choose", objects=[Key])
def packages_by_a_key_that_comes_too_late(directory: Path) -> object:
    late = Key.flag("late", stage="run")  # here
    wanted = late.value.if_([package("a")], [])
    return register("mistake", [foreign("Unikernel", job, packages=wanted)]).plan().write(directory)  # here


@mistake(errors.Unsupported, ValueError, "OSTime (OS.Time) is for applications made by mirage_devices.register")
def device_of_another_register(directory: Path) -> object:
    return functoria.register("mistake", [main @ default_time]).plan().write(directory)  # here


@mistake(
    errors.Unsupported, ValueError, "the key target is for applications made by mirage_devices.register", objects=[Key]
)
def key_of_another_register(directory: Path) -> object:
    return functoria.register("mistake", [plain], keys=[target]).plan().write(directory)  # here


@mistake(
    errors.Unsupported, ValueError, "the key target is for applications made by mirage_devices.register", objects=[Key]
)
def packages_by_a_key_of_another_register(directory: Path) -> object:
    wanted = target.value.match({"xen": [package("a")]}, default=[])
    return functoria.register("mistake", [foreign("Unikernel", job, packages=wanted)]).plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "main is a class of MirageOS's root device", objects=[type])
def root_of_another_register(directory: Path) -> object:
    root: Any = functoria.Main
    return register("mistake", [plain], main=root).plan().write(directory)  # here


@mistake(
    errors.InvalidValue, ValueError, "the key loud is not its value, and so is neither true nor false", objects=[Key]
)
def key_that_is_taken_for_its_value(directory: Path) -> object:
    loud = Key.flag("loud")  # here
    return write(directory, plain if loud else foreign("Other", job))  # here


@mistake(
    errors.InvalidValue, ValueError, "the key target is not its value, and so is not in frozenset", ".eq", objects=[Key]
)
def key_that_is_looked_for_among_its_values(directory: Path) -> object:
    return write(directory, plain if target in {"xen", "qubes"} else foreign("Other", job))  # here


@mistake(errors.InvalidValue, ValueError, "a Value is not known before the keys are", ".eq", objects=[Value])
def value_that_is_looked_for_in_a_set(directory: Path) -> object:
    return write(directory, plain if target.value in {"xen", "qubes"} else foreign("Other", job))  # here


@mistake(
    errors.InvalidValue, ValueError, "is not part of a text yet: make the text by its method .map", objects=[Value]
)
def value_in_the_text_of_a_name(directory: Path) -> object:
    return register(f"mistake-{target.value}", [plain]).plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "key k:", "is not a converter: use one of arg", objects=[type])
def converter_that_is_none(directory: Path) -> object:
    text: Any = str
    return write(directory, foreign("U", job, keys=[Key.opt("k", text, default="")]))  # here


@mistake(errors.InvalidName, ValueError, "the output '../app' is not a plain file name", objects=[str])
def output_elsewhere(directory: Path) -> object:
    return register("mistake", [plain], output="../app").plan().write(directory)  # here


def _broken(**parts: Any) -> Any:
    """A converter with parts that fail."""
    return arg.custom("anything", **{"runtime": "X.y", "parse": str, "literal": str, "instance": object, **parts})


def _fails(_: object) -> Any:
    raise KeyError("no such thing")


@mistake(errors.InvalidValue, ValueError, "is not anything ('no such thing')", objects=[str])
def converter_that_fails_to_read(directory: Path) -> object:
    return write(directory, foreign("U", job, keys=[Key.opt("k", _broken(parse=_fails), default="x")]))  # here


@mistake(
    errors.InvalidValue, ValueError, "the converter of key k cannot say", "literal gave object, which", objects=[Key]
)
def literal_that_is_no_text(directory: Path) -> object:
    key = Key.opt("k", _broken(literal=lambda value: object()), default=1)  # here
    return write(directory, plain, keys=[key])


@mistake(errors.InvalidValue, ValueError, "the converter of key k cannot say", "in OCaml: TypeError", objects=[Key])
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


@mistake(errors.InvalidValue, ValueError, "a converter is of at most 50 others")
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


@mistake(errors.InvalidVersion, ValueError, "1 is not a version: write it as text, in quotes", objects=[int])
def version_that_is_a_number(directory: Path) -> object:
    wanted = package("tcpip", min=1)  # type: ignore[arg-type]  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidValue, ValueError, "the converter of key k cannot say", "KeyError", objects=[Key])
def converter_that_fails_to_write(directory: Path) -> object:
    key = Key.opt("k", _broken(literal=_fails), default=3)  # here
    return write(directory, foreign("U", job, keys=[key]))


@mistake(errors.InvalidValue, ValueError, "key k: its default {} cannot be hashed", objects=[dict])
def default_that_cannot_be_hashed(directory: Path) -> object:
    return write(directory, foreign("U", job, keys=[Key.opt("k", _broken(), default={})]))  # here


@mistake(errors.InvalidValue, ValueError, "bytearray(b'x') can change, or cannot be hashed", objects=[bytearray])
def field_that_cannot_be_hashed(directory: Path) -> object:
    @frozen
    class Held(Device[Job]):
        """A device with a field of any kind."""

        field: Any

        type = job
        module = "Held"

    return write(directory, Held(bytearray(b"x")))  # here


@mistake(errors.InvalidValue, ValueError, "a context maps keys, or their names, to values; it is not 5", objects=[int])
def context_that_is_none(directory: Path) -> object:
    number: Any = 5
    return register("mistake", [plain]).plan(number).write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "the cases of a choice are a mapping", objects=[list])
def cases_that_are_a_list(directory: Path) -> object:
    cases: Any = [plain]
    return write(directory, match_impl(Key.flag("k").value, cases, default=plain))  # here


@mistake(errors.TypeMismatch, TypeError, "a functor takes a list of types and gives a type", objects=[list])
def functor_of_no_types(directory: Path) -> object:
    parameters: Any = [5]
    return write(directory, foreign("U", functor(parameters, job)))  # here


@mistake(errors.InvalidPackage, ValueError, "a: sublibs and ocamlfind are lists of names", objects=[str])
def sublibraries_that_are_a_number(directory: Path) -> object:
    number: Any = 5
    return write(directory, plain, packages=[package("a", sublibs=number)])  # here


@mistake(errors.InvalidValue, ValueError, "id of custom_console: 5 is not text", objects=[int])
def text_that_is_a_number(directory: Path) -> object:
    number: Any = 5
    main: Any = foreign("Unikernel.Main", console >> job)
    return register("mistake", [main @ custom_console(number)]).plan().write(directory)  # here


@mistake(errors.InvalidName, ValueError, "flags is a list of names, not 'hello'", objects=[str])
def flags_that_are_text(directory: Path) -> object:
    return write(directory, foreign("U", job, keys=[Key.flag("k", flags="hello")]))  # here


@mistake(errors.InvalidValue, ValueError, "ring_size is a number of messages, not -5", objects=[int])
def ring_of_negative_size(directory: Path) -> object:
    return register("mistake", [plain], reporter=default_reporter(ring_size=-5)).plan().write(directory)  # here


@mistake(errors.TypeMismatch, TypeError, "the branches of a choice have one type", objects=[Impl])
def choice_between_types(directory: Path) -> object:
    loud = Key.flag("loud", stage="configure")
    one = foreign("One", time)  # here
    two: Any = foreign("Two", console)  # here
    return write(directory, main @ if_impl(loud.value, one, two, keys=[loud]))  # here


@mistake(errors.EmptyBounds, ValueError, "tcpip", "the minimum must be below the maximum")
def empty_interval(directory: Path) -> object:
    wanted = package("tcpip", min="3.6.0", max="3.5.0")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.EmptyBounds, ValueError, "the minimum must be below the maximum")
def interval_without_its_only_version(directory: Path) -> object:
    wanted = package("tcpip", min="3.5.0", max="3.5.0")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.EmptyBounds, ValueError, "tcpip", "the minimum must be below the maximum")
def empty_interval_in_a_specifier(directory: Path) -> object:
    wanted = package("tcpip>=3.6,<3.5")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.EmptyBounds, ValueError, "no version of tcpip will do", '>= "3.6.0"', '< "3.5.0"', objects=[Package])
def empty_interval_after_merging(directory: Path) -> object:
    low = package("tcpip", min="3.6.0")  # here
    high = package("tcpip", max="3.5.0")  # here
    return write(directory, foreign("Unikernel", job, packages=[low]), packages=[package("tcpip"), high])


@mistake(errors.InvalidVersion, ValueError, "'3 5' is not a version", "opam accepts", objects=[str])
def malformed_version(directory: Path) -> object:
    wanted = package("tcpip", min="3 5")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidVersion, ValueError, "does not begin with a number", "max=")
def version_that_no_bound_follows_from(directory: Path) -> object:
    wanted = package("tcpip", compatible="dev")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidVersion, ValueError, "write >=, < or ~=")
def specifier_that_no_interval_says(directory: Path) -> object:
    wanted = package("tcpip!=3.5")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidName, ValueError, "'tcp ip' is not a package name: opam accepts", objects=[str])
def malformed_package_name(directory: Path) -> object:
    wanted = package("tcp ip")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidName, ValueError, "is not an OCamlfind library name", objects=[str])
def malformed_library_name(directory: Path) -> object:
    wanted = package("tcpip", ocamlfind=['tcp"ip'])  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "the pin 'git url' is not a URL or path", objects=[str])
def malformed_pin(directory: Path) -> object:
    wanted = package("tcpip", pin="git url")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "is not a URL or path: it must not be empty", objects=[str])
def empty_pin(directory: Path) -> object:
    wanted = package("tcpip", pin="")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidModule, ValueError, "'unikernel.main' is not a module path", "'Unikernel.Main'", objects=[str])
def malformed_module(directory: Path) -> object:
    return write(directory, foreign("unikernel.main", job))  # here


@mistake(errors.InvalidModule, ValueError, "'Unikernel.' is not a module path", objects=[str])
def malformed_module_of_a_device(directory: Path) -> object:
    class Odd(Device[Job]):
        type = job
        module = "Unikernel."

    return register("mistake", [Odd()]).plan().write(directory)  # here


@mistake(errors.InvalidPackage, ValueError, "sublibs", "or ocamlfind", "not both", objects=[str])
def sublibs_and_ocamlfind(directory: Path) -> object:
    wanted = package("tcpip", sublibs=["unix"], ocamlfind=["tcpip.unix"])  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.InvalidPackage, ValueError, "leave min and max out", objects=[str])
def compatible_and_bounds(directory: Path) -> object:
    wanted = package("tcpip", compatible="3.5.0", max="3.6.0")  # here
    return write(directory, plain, packages=[wanted])


@mistake(errors.PinConflict, ValueError, "pinned to git+https://a and to git+https://b: keep one", objects=[Package])
def conflicting_pins(directory: Path) -> object:
    one = package("tcpip", pin="git+https://a")  # here
    two = package("tcpip", pin="git+https://b")  # here
    return write(directory, foreign("Unikernel", job, packages=[one]), packages=[two])


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


@mistake(errors.Unsupported, ValueError, "OSTime", "mirage_devices.register", objects=[Device, App])
def devices_of_another_register(directory: Path) -> object:
    app = functoria.register("mistake", [main @ default_time])  # here
    return app.plan().write(directory)


@mistake(errors.Unsupported, ValueError, "mirage_devices.register", objects=[Device, App])
def another_register_that_is_given_the_key(directory: Path) -> object:
    app = functoria.register("mistake", [main @ default_time], keys=[target])  # here
    return app.plan(target="xen").write(directory)


@mistake(errors.InvalidValue, ValueError, "target.value.eq", objects=[Key, str])
def a_key_compared_with_text(directory: Path) -> object:
    chosen = default_time if target == "xen" else foreign("My_time", time)  # here
    return write(directory, main @ chosen)


@mistake(errors.InvalidValue, ValueError, "its method .eq('xen')", objects=[Value, str])
def a_value_compared_with_text(directory: Path) -> object:
    chosen = default_time if target.value == "xen" else foreign("My_time", time)  # here
    return write(directory, main @ chosen)


@mistake(errors.InvalidValue, ValueError, "write loud.value", objects=[Key])
def choice_by_a_key_itself(directory: Path) -> object:
    loud: Any = Key.flag("loud", stage="configure")
    return write(directory, main @ if_impl(loud, default_time, default_time))  # here


class Failing(Device[Job]):
    type = job
    module = "Failing"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        raise KeyError("no such thing")


@mistake(errors.DeviceError, RuntimeError, "connect of Failing (Failing) failed: KeyError", objects=[Failing])
def connect_that_fails(directory: Path) -> object:
    return write(directory, Failing())  # here


@frozen
class Returning(Device[Job]):
    code: Any

    type = job
    module = "Returning"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        return self.code  # type: ignore[no-any-return]  # what this mistake is about


@mistake(errors.DeviceError, RuntimeError, "returned None, but must return OCaml code", objects=[Returning])
def connect_that_returns_nothing(directory: Path) -> object:
    return write(directory, Returning(None))  # here


@mistake(errors.DeviceError, RuntimeError, "returned ' ', but must return OCaml code", objects=[Returning])
def connect_that_returns_blanks(directory: Path) -> object:
    return write(directory, Returning(" "))  # here


@mistake(errors.DeviceError, RuntimeError, "connects 1 values, but got 0", objects=[Device])
def connect_of_the_wrong_number_of_values(directory: Path) -> object:
    class Strict(Device[Job]):
        type = job
        module = "Strict"

        def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
            return self.expect(values, 1)[0]

    return write(directory, Strict())  # here


@mistake(errors.DeviceError, RuntimeError, "two different files claim the name main.ml", objects=[Device])
def two_files_with_one_name(directory: Path) -> object:
    class Claiming(Device[Job]):
        type = job
        module = "Claiming"

        def files(self, info: Info) -> dict[str, str]:
            return {"main.ml": "let () = ()\n"}

    return write(directory, Claiming())  # here


@mistake(
    errors.DeviceError,
    RuntimeError,
    "packages of Listless (Listless) is 'tcpip', but must be a list of",
    objects=[Device],
)
def packages_that_are_none(directory: Path) -> object:
    class Listless(Device[Job]):
        type = job
        module = "Listless"
        packages = "tcpip"

    return write(directory, Listless())  # here


class Knot(Device[Job]):
    """A device that needs another, which needs it."""

    type = job
    module = "Knot"

    @property
    def deps(self) -> list[Impl[Job]]:
        return [Loop()]


class Loop(Device[Job]):
    type = job
    module = "Loop"

    @property
    def deps(self) -> list[Impl[Job]]:
        return [KNOT]


KNOT = Knot()


@mistake(errors.DependencyCycle, ValueError, "a device needs itself: Knot → Loop → Knot", objects=[Knot, Loop])
def cycle_through_deps(directory: Path) -> object:
    return write(directory, KNOT)


@mistake(errors.Unsupported, ValueError, "not supported on the target muen", objects=[Device])
def block_on_muen(directory: Path) -> object:
    disk = block_of_file("disk.img")  # here
    return write(directory, foreign("Unikernel", block >> job) @ disk, context={"target": "muen"})


@mistake(errors.Unsupported, ValueError, "the Qubes database is only on", objects=[Device])
def qubes_on_unix(directory: Path) -> object:
    stack = qubes_ipv4_stack(default_network)  # here
    return write(directory, foreign("Unikernel", stackv4 >> job) @ stack, context={"target": "unix"})


@mistake(errors.Unsupported, ValueError, "the host's resolver is only on", objects=[Device])
def resolver_of_the_host_on_xen(directory: Path) -> object:
    unikernel = foreign("Unikernel", resolver >> job) @ resolver_unix_system  # here
    return write(directory, unikernel, context={"target": "xen"})


@mistake(errors.Unsupported, ValueError, "sockets are only on", objects=[Device])
def sockets_of_the_host_on_hvt(directory: Path) -> object:
    stack = generic_stackv4(default_network)  # here
    unikernel = foreign("Unikernel", stackv4 >> job) @ stack
    return write(directory, unikernel, context={"target": "hvt", "net": "socket"})


@mistake(errors.Unsupported, ValueError, "the Qubes database is only on", objects=[Device])
def job_of_a_library_alone(directory: Path) -> object:
    fed = foreign("Unikernel", job, deps=[default_qubesdb])  # here
    return write(directory, fed, context={"target": "hvt"})


@mistake(errors.InvalidName, ValueError, "'42' starts with a digit: choose one", objects=[str])
def malformed_application_name(directory: Path) -> object:
    return register("42", [plain]).plan().write(directory)  # here
