"""`python -m functoria` is the command line."""

from typing import NoReturn

from functoria import garbage, interruption


def script() -> NoReturn:
    """Run the command line and exit: the console script's entry point."""
    from functoria.cli import main

    status = main()
    interruption.over()
    garbage.leave(status)
    raise SystemExit(status)


if __name__ == "__main__":
    script()
