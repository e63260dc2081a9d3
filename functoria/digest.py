"""SHA-256, which says whether a file is as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Python's own, which the `random` of the standard library takes in the same way for the same reason: `hashlib` loads OpenSSL,
# for 2 of the 80 ms of a small `configure`. A Python that was built without it has OpenSSL's.
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # from Python 3.12 on
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
