"""Fixtures that tests of documents share with those of emitted files."""

from tests.emit.conftest import runtime4 as runtime4
