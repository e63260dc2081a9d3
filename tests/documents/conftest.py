"""What tests of documents share with those of what is emitted."""

from tests.emit.conftest import runtime4 as runtime4
