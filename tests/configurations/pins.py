"""Packages of every kind: pinned, merged, only for building, with libraries of other names."""

from functoria import foreign, job, package
from mirage_devices import register

main = foreign(
    "Unikernel.Main",
    job,
    packages=[
        package("mirage-random", pin="git+https://github.com/mirage-random/mirage-random.git"),
        package("cow", pin="git+https://github.com/mirage/ocaml-cow.git#v2"),
        package("ppx_blob", min="0.1", build=True),
        package("uri", sublibs=["unix"]),
        package("dns", min="1.5.0"),
        package("weird-name", ocamlfind=["a.b", "c"]),
        package("magic-mime", build=True),
    ],
)

app = register(
    "pins",
    [main],
    packages=[
        package("cow", min="2.0.0"),
        package("uri", sublibs=["lwt"]),
        package("dns", max="1.9"),
        package("magic-mime"),
    ],
)
