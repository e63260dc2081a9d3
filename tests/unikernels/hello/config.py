"""A greeting, printed twice, with a key for the text."""

from functoria import Key, arg, foreign, job, package
from mirage_devices import default_time, register, time

greeting = Key.opt("hello", arg.string, default="Hello World!", doc="What the unikernel says.")

main = foreign("Unikernel.Hello", time >> job, keys=[greeting], packages=[package("duration"), package("logs")])

app = register("hello", [main @ default_time])
