"""Random formats, with boxes and breaks, and numbers as they print them."""

from __future__ import annotations

from random import Random

WORDS = ("a", "word", "a longer word", "x" * 30, "(", "", "é", "two\nlines")


def boxes(random: Random, depth: int = 4) -> str:
    """Draw a format with boxes, breaks and text, as OCaml writes it between quotes."""
    parts: list[str] = []
    for _ in range(random.randint(1, 7)):
        way = random.randrange(10)
        if way < 3:
            parts.append(random.choice(WORDS).replace("\n", "\\n"))
        elif way < 5:
            parts.append(random.choice(["@ ", "@,", "@ ", f"@;<{random.randint(0, 4)} {random.randint(-3, 5)}>", "@;"]))
        elif way < 8 and depth:
            kind = random.choice(["", "v", "h", "hv", "hov", "b"])
            size = random.choice(["", "2", "0", "5", "40", "-1"])
            mark = f"<{kind}{' ' if kind and size else ''}{size}>" if kind or size else ""
            parts.append(f"@[{mark}{boxes(random, depth - 1)}@]")
        else:
            parts.append(
                random.choice(["@\\n", "@.", "@?", "@]", "@@", "%%", "%!", "y" * random.randint(1, 60)] + ["@ "] * 8)
            )
    return "".join(parts)


def number(random: Random) -> tuple[str, str]:
    """Draw a conversion, and the arguments that it takes."""
    flags = "".join(flag for flag in "-0+ #" if random.random() < 0.25)
    width, given = random.choice(
        [("", ""), ("", ""), (str(random.randint(1, 14)), ""), ("*", f"({random.randint(-9, 9)}) ")]
    )
    if width and "-" in flags:
        flags = flags.replace("0", "")
    if width == "":
        flags = flags.replace("-", "").replace("0", "")
    if "+" in flags:
        flags = flags.replace(" ", "")
    kind = random.choice("diuxXofeEgGFhHscSCbB")
    if kind in "diuxXo":
        size = random.choice(["", "", "L"])
        value = random.choice([0, 1, -1, 42, -4096, 1234567, 2**62 - 1, -(2**62)])
        if kind in "uxXo":
            flags = flags.replace("+", "").replace(" ", "")
        return f"%{flags}{width}{size}{kind}", f"{given}({value}{size})"
    if kind in "feEgGFhH":
        precision, second = random.choice([("", ""), (".0", ""), (".3", ""), (".*", "2 ")])
        value_ = random.choice(
            [
                "0.",
                "1.",
                "-1.5",
                "1e30",
                "1234567.891",
                "1e-7",
                "infinity",
                "nan",
                "neg_infinity",
                "0.1",
                "-0.",
                "1.999",
            ]
        )
        return f"%{flags.replace('#', '')}{width}{precision}{kind}", f"{given}{second}({value_})"
    flags = "-" if "-" in flags else ""
    if kind in "sS":
        return f"%{flags}{width}{kind}", given + random.choice(['"a"', '"two words"', '"q\\"\\n\\t\\000"', '""'])
    if kind in "cC":
        return f"%{width if given == '' else ''}{kind}", random.choice(["'a'", "'\\n'", "'\\''", "'\"'"])
    return f"%{kind}", random.choice(["true", "false"])
