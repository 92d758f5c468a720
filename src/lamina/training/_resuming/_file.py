"""The file of a training state: a ZIP archive of one JSON text, the bytes of arrays, and the checksums of both.

Nothing is compressed and nothing is pickled: what is read is as long as the file says it is, and is data.
"""

import hashlib
import json
import zipfile
from typing import Any

import numpy as np

from lamina.saving._archive import Archive
from lamina.saving._errors import MALFORMED, ModelFileError, told
from lamina.saving._json import parse_json
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
    with Archive(path, "a whole training state") as archive:
        return _read(archive, path)


def _read(archive: Archive, path: str) -> dict[str, Any]:
    sums = _parsed(_content(archive, _SUMS), path, _SUMS)
    if not isinstance(sums, dict) or {*sums, _SUMS} != archive.members.keys():
        raise ModelFileError(path, _SUMS, "does not list the members that there are.")
    contents = {name: _checked(archive, name, sums[name]) for name in sums}
    text = _parsed(contents.get(_STATE, b""), path, _STATE)
    try:
        if text["format"] != FORMAT:
            raise ModelFileError(path, _STATE, f"is of format {text['format']}; this version reads format {FORMAT}.")
        arrays = [restore(contents[f"arrays/{i}"], kind) for i, kind in enumerate(text["arrays"])]
        return decode(text["values"], arrays)
    except ModelFileError:
        raise
    except MALFORMED as error:
        raise ModelFileError(path, _STATE, f"does not describe a state ({told(error)}).") from error


def _checked(archive: Archive, name: str, expected: Any) -> bytes:
    content = _content(archive, name)
    if _sum(content) != expected:
        raise ModelFileError(archive.path, name, "is damaged: its checksum is not the one that was written.")
    return content


def _content(archive: Archive, name: str) -> bytes:
    info = archive.members.get(name)
    if info is not None and info.compress_type != zipfile.ZIP_STORED:
        raise ModelFileError(archive.path, name, "is compressed; a state's members are not.")
    return archive.read(name)


def _parsed(content: bytes, path: str, name: str) -> Any:
    try:
        return parse_json(content)
    except ValueError as error:
        raise ModelFileError(path, name, f"{error}.") from error


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
