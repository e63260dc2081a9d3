"""Its message is a key: it has a default, can be configured, and is an option of the unikernel."""

from functoria import Key, arg, foreign, job, package
from mirage_devices import default_time, register, time

greeting = Key.opt("hello", arg.string, default="Hello World!", doc="What the unikernel says.")
main = foreign("Unikernel.Hello", time >> job, keys=[greeting], packages=[package("duration")])

app = register("hello-key", [main @ default_time])
