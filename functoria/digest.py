"""SHA-256, which identifies the contents of written files."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Python's own implementation, as in the standard library's `random`: `hashlib` loads OpenSSL, which takes 2 of the 80 ms of
# a small `configure`. A Python built without it uses OpenSSL's.
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
