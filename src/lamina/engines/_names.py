"""Names of compiled programs."""

import hashlib
from typing import Any


def program_name(*parts: Any) -> str:
    """A short name of what tells programs apart, the same in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
