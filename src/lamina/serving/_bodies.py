"""The body of a request, within its limits; and what JSON can hold of an answer."""

import asyncio
import io
import json
import math
from typing import Any

import numpy as np

from ._refused import Refused


async def read_body(request: Any, most_bytes: int, timeout_s: float) -> bytes:
    """All of it. Raises Refused: 413 for more bytes than that, 408 if it does not come in time."""
    too_large = Refused(413, f"The body is larger than {most_bytes} bytes.")
    if int(request.headers.get("content-length") or 0) > most_bytes:
        raise too_large
    parts, size = [], 0
    try:
        async with asyncio.timeout(timeout_s):
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if size > most_bytes:
                    raise too_large
    except TimeoutError:
        raise Refused(408, f"The body did not come within {timeout_s:g} seconds.") from None
    return b"".join(parts)


def parse_json(body: bytes) -> Any:
    """The document. Raises Refused (422) for what is no JSON, for NaN and infinity, and for nesting that has no end."""

    def refuse(name: str) -> Any:
        raise Refused(422, f"{name} is no number of JSON; leave a gap as null.")

    try:
        return json.loads(body, parse_constant=refuse)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refused(422, f"The body is not JSON: {error}.") from None
    except (RecursionError, ValueError) as error:  # an integer of thousands of digits, too
        raise Refused(422, f"The body cannot be read: {error}.") from None


def parse_array(body: bytes) -> np.ndarray:
    """The array of a `.npy` file. Raises Refused (422) for anything else, and for arrays of objects."""
    try:
        return np.load(io.BytesIO(body), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError, SyntaxError) as error:
        raise Refused(422, f"The body is no .npy file of numbers: {error}.") from None


def finite(value: Any) -> Any:
    """With null for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
