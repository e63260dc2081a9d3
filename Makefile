# `make demo` configures hello of both releases; `make test` runs every test. Both set up what they need.

PYTHON ?= python3
VENV := .venv
PIP = $(VENV)/bin/python -m pip --quiet --disable-pip-version-check
NOX := .nox/nox

# Programs that the tests run besides Python: a browser and Graphviz, for pictures; the OCaml toolchain and libraries of Debian,
# a checker of shell scripts, BSD's tar and make.
DEBIAN := chromium graphviz ocaml ocaml-dune ocaml-findlib menhir opam shellcheck zsh fish libarchive-tools bmake liblwt-ocaml-dev libcmdliner-ocaml-dev \
  liblogs-ocaml-dev libfmt-ocaml-dev libipaddr-ocaml-dev libduration-ocaml-dev libcstruct-ocaml-dev

.PHONY: all demo test setup tools lint ruff imports mypy pyright docs distributions distribution installed pythons lowest mutants clean

all: demo

demo: $(VENV)/library
	$(VENV)/bin/python docs/demo.py

# The library is compiled first: where PYTHONDONTWRITEBYTECODE is set, each process that a test starts would compile it again.
# Each worker takes half of the tests in order, and later steals from the other half, so that fixtures of a file are made once.
test: setup
	$(VENV)/bin/python -m compileall -q -j 0 functoria mirage_devices
	$(VENV)/bin/python -m pytest --numprocesses auto --dist worksteal

setup: $(VENV)/development tools

lint: ruff imports mypy pyright

ruff: $(VENV)/development
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

imports: $(VENV)/development
	$(VENV)/bin/lint-imports

mypy: $(VENV)/development
	$(VENV)/bin/mypy

pyright: $(VENV)/development
	$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python

# The site: build/site/index.html. Its screenshots are taken again if there is a browser.
docs: $(VENV)/development
	$(VENV)/bin/sphinx-build -q -W --keep-going -E -b html -d build/doctrees docs build/site
	$(VENV)/bin/python docs/generate_pictures.py --into build/site/_images || echo "the site has the screenshots of docs/pictures" >&2

# Sessions of nox, the longest first. They use each installed Python from 3.11 on, including those of pyenv.
distributions: pythons lowest installed

session = PYENV_VERSION="$$(pyenv versions --bare 2>/dev/null | sort -V | paste -sd:)" $(NOX)/bin/nox --session $@

distribution: $(NOX)/bin/nox
	$(session)

pythons lowest installed: distribution
	$(session)

# This takes hours, unless the sample is smaller: make mutants SAMPLE=2 PARTS=functoria/bounds.py
SAMPLE := 16
mutants: $(VENV)/development
	$(PIP) install --editable '.[mutants]'
	nice $(VENV)/bin/python -m benchmarks.mutants --sample $(SAMPLE) $(PARTS)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get -qq update && \
	  apt-get -qq install -y python3-venv >/dev/null; } || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip # the one that comes with Python 3.11 takes twice as long

$(VENV)/library: $(VENV)/bin/python pyproject.toml
	$(PIP) install --editable .
	@touch $@

$(VENV)/development: $(VENV)/bin/python pyproject.toml
	$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/library

# In a separate environment, so that distributions can be tested while the one for development is still being made.
$(NOX)/bin/nox: $(VENV)/bin/python
	$(VENV)/bin/python -m venv --without-pip $(NOX)
	$(PIP) --python $(NOX)/bin/python install 'nox>=2025.2.9'

# Installs the tools if that is allowed; otherwise lists what is missing, and the tests that need it are skipped.
# It comes after Python's environment, because making that may install a package too.
tools: $(VENV)/bin/python
	@if dpkg --status $(DEBIAN) >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing $(DEBIAN)"; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(DEBIAN) >/dev/null; \
	else \
	  echo "not installed, so some tests are skipped:"; \
	  for package in $(DEBIAN); do dpkg --status $$package >/dev/null 2>&1 || echo "  $$package"; done; \
	fi

clean:
	rm -rf $(VENV) .nox demo build *.egg-info
