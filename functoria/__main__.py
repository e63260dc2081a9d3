"""`python -m functoria` is the command line."""

from functoria.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
