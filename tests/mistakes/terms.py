"""Mistakes in terms and applications: types, arguments, choices, names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import functoria
from functoria import Device, Impl, Key, Value, errors, foreign, functor, if_impl, job, match_impl
from mirage_devices import block, console, default_time, register, target, time
from tests.mistakes.registry import main, mistake, plain, write


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


@mistake(errors.TypeMismatch, TypeError, "Unikernel depends on Logger.Make, which lacks arguments", objects=[Device])
def dependency_without_its_argument(directory: Path) -> object:
    logger: Any = foreign("Logger.Make", time >> job)  # here
    return write(directory, foreign("Unikernel", job, deps=[logger]))  # here


@mistake(
    errors.TypeMismatch, TypeError, "the arguments of keys must be an argv, but got Other, a console", objects=[Impl]
)
def arguments_of_another_type(directory: Path) -> object:
    other: Any = foreign("Other", console)
    return register("mistake", [plain], argv=other).plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "main must be a class of MirageOS's root device", objects=[type])
def root_of_another_register(directory: Path) -> object:
    root: Any = functoria.Main
    return register("mistake", [plain], main=root).plan().write(directory)  # here


@mistake(
    errors.InvalidValue,
    ValueError,
    "cannot be part of a string yet: make the string with its method .map",
    objects=[Value],
)
def value_in_the_text_of_a_name(directory: Path) -> object:
    return register(f"mistake-{target.value}", [plain]).plan().write(directory)  # here


@mistake(errors.InvalidName, ValueError, "the output '../app' is not a plain file name", objects=[str])
def output_elsewhere(directory: Path) -> object:
    return register("mistake", [plain], output="../app").plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "the cases of a choice must be a mapping", objects=[list])
def cases_that_are_a_list(directory: Path) -> object:
    cases: Any = [plain]
    return write(directory, match_impl(Key.flag("k").value, cases, default=plain))  # here


@mistake(errors.TypeMismatch, TypeError, "a functor takes a list of types and gives a type", objects=[list])
def functor_of_no_types(directory: Path) -> object:
    parameters: Any = [5]
    return write(directory, foreign("U", functor(parameters, job)))  # here


@mistake(errors.TypeMismatch, TypeError, "the branches of a choice must have one type", objects=[Impl])
def choice_between_types(directory: Path) -> object:
    loud = Key.flag("loud", stage="configure")
    one = foreign("One", time)  # here
    two: Any = foreign("Two", console)  # here
    return write(directory, main @ if_impl(loud.value, one, two, keys=[loud]))  # here


@mistake(errors.InvalidValue, ValueError, "its method .eq('xen')", objects=[Value, str])
def a_value_compared_with_text(directory: Path) -> object:
    chosen = default_time if target.value == "xen" else foreign("My_time", time)  # here
    return write(directory, main @ chosen)


@mistake(errors.InvalidName, ValueError, "'42' starts with a digit: choose one", objects=[str])
def malformed_application_name(directory: Path) -> object:
    return register("42", [plain]).plan().write(directory)  # here
