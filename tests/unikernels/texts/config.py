"""Keys whose defaults, documentation and variables contain special characters of every language involved."""

from functoria import Key, arg, foreign, job
from mirage_devices import default_time, register, time

TEXTS = [
    "",
    " ",
    'a "quoted" word',
    "back\\slash \\n \\\\",
    "it's",
    "(* no comment *)",
    "{|quoted|}",
    "%s %d @. %{x}",
    "$(b,bold) $(i,docv) $HOME `id`",
    "two\nlines\r\n\tand a tab",
    "\x00\x01\x7f",
    "piñata ☃ 🐫",
    ";; let () = exit 3",
    "--hello=x",
    "'",
    "#use",
]

keys = [
    Key.opt(f"text-{number}", arg.string, default=text, doc=text, docs=f"SECTION {number} {text}", docv=text or None)
    for number, text in enumerate(TEXTS)
]
fixed = Key.opt("fixed", arg.list(arg.string), default=TEXTS, stage="configure")

main = foreign("Unikernel.Main", time >> job, keys=[*keys, fixed])

app = register("texts", [main @ default_time])
