"""The file of a training state: a ZIP archive of one JSON text, the bytes of arrays, and the checksums of both.

Nothing is compressed and nothing is pickled: what is read is as long as the file says it is, and is data.
"""

import hashlib
import json
import zipfile
from typing import Any

import numpy as np

from lamina.saving._errors import ModelFileError
from lamina.saving._writer import atomic_file

from ._values import decode, describe, encode, restore

FORMAT = 1
_STATE, _SUMS = "state.json", "checksums.json"


def write_state(path: str, state: dict[str, Any]) -> None:
    """Writes a state (see `encode` for what it may hold), whole or not at all."""
    arrays: list[np.ndarray] = []
    values = encode(state, arrays)
    text = json.dumps({"format": FORMAT, "values": values, "arrays": [describe(a) for a in arrays]})
    sums = {}
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        members = ((f"arrays/{i}", array.tobytes()) for i, array in enumerate(arrays))
        for name, content in ((_STATE, text.encode()), *members):
            archive.writestr(name, content)
            sums[name] = _sum(content)
        archive.writestr(_SUMS, json.dumps(sums))


def read_state(path: str) -> dict[str, Any]:
    """The state in a file. Raises ModelFileError, with the member and the reason, for a file that is not whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path)
    except ModelFileError:
        raise
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(path, None, f"is no whole training state ({error}).") from error


def _read(archive: zipfile.ZipFile, path: str) -> dict[str, Any]:
    members = {info.filename: info for info in archive.infolist()}
    sums = _parsed(_content(archive, members, _SUMS, path), path, _SUMS)
    if not isinstance(sums, dict) or {*sums, _SUMS} != members.keys():
        raise ModelFileError(path, _SUMS, "does not list the members that there are.")
    contents = {name: _checked(archive, members, name, sums[name], path) for name in sums}
    text = _parsed(contents.get(_STATE, b""), path, _STATE)
    try:
        if text["format"] != FORMAT:
            raise ModelFileError(path, _STATE, f"is of format {text['format']}; this version reads format {FORMAT}.")
        arrays = [restore(contents[f"arrays/{i}"], kind) for i, kind in enumerate(text["arrays"])]
        return decode(text["values"], arrays)
    except ModelFileError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise ModelFileError(path, _STATE, f"does not describe a state ({error}).") from error


def _checked(archive: zipfile.ZipFile, members: dict[str, Any], name: str, expected: Any, path: str) -> bytes:
    content = _content(archive, members, name, path)
    if _sum(content) != expected:
        raise ModelFileError(path, name, "is damaged: its checksum is not the one that was written.")
    return content


def _content(archive: zipfile.ZipFile, members: dict[str, Any], name: str, path: str) -> bytes:
    info = members.get(name)
    if info is None or info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        raise ModelFileError(path, name, "is missing." if info is None else "is compressed; a state's members are not.")
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(path, name, f"is damaged ({error}).") from error


def _parsed(content: bytes, path: str, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(path, name, f"is no JSON ({error}).") from error


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
