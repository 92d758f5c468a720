"""`.keras` files: a zip of metadata.json, config.json and model.weights.h5."""

import datetime
import json
import os
import zipfile
import zlib
from collections import Counter
from typing import Any

from lamina.variables import FromFile, ObjectSharingScope, deserialize_keras_object, serialize_shared

from ._errors import ModelFileError, ModelFileTypeError
from ._walk import walk
from ._weights import read_weights, weights_bytes
from ._writer import atomic_file

CONFIG, METADATA, WEIGHTS, ASSETS = "config.json", "metadata.json", "model.weights.h5", "assets"
# The version of Keras whose format this is.
FORMAT_VERSION = "3.15.1"
_LARGEST_JSON = 256 * 2**20
_LARGEST_RATIO = 1000
_MOST_MEMBERS = 100_000


def write_keras_file(model: Any, path: str, include_optimizer: bool = True) -> None:
    config = serialize_shared(model)
    if not include_optimizer:
        config.pop("compile_config", None)
    members = {
        METADATA: json.dumps(
            {"keras_version": FORMAT_VERSION, "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")}
        ).encode(),
        CONFIG: json.dumps(config).encode(),
        WEIGHTS: weights_bytes(model, include_optimizer),
    }
    for place, part in walk(model):
        if hasattr(part, "saved_assets"):
            for name, content in part.saved_assets().items():
                members["/".join((ASSETS, place, name))] = content
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


class KerasFile:
    """A `.keras` file opened for reading."""

    def __init__(self, path: str):
        self.path = path
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
            raise ModelFileError(
                path, None, f"not a .keras file, which is a zip, or a damaged one ({error})."
            ) from None
        found = Counter(info.filename for info in self.archive.infolist())
        twice = next((name for name, n in found.items() if n > 1), None)
        missing = next((name for name in (CONFIG, WEIGHTS) if name not in found), None)
        reason = None
        if len(found) > _MOST_MEMBERS:
            reason = f"holds {len(found)} members, as no model does."
        elif twice is not None:
            reason = "there more than once; one cannot tell which counts."
        elif missing is not None:
            reason = "missing; the file is no .keras file or is incomplete."
        if reason is not None:
            self.archive.close()
            raise ModelFileError(path, twice or missing, reason)

    def __enter__(self) -> "KerasFile":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.archive.close()

    def held(self) -> int:
        """Bytes of the weights, as far as the file can hold what it claims."""
        return min(self.archive.getinfo(WEIGHTS).file_size, _LARGEST_RATIO * os.path.getsize(self.path))

    def read(self, name: str, largest: int | None = None) -> bytes:
        info = self.archive.getinfo(name)
        if largest is not None and info.file_size > largest:
            raise ModelFileError(self.path, name, f"claims {info.file_size} bytes, which is too much for it.")
        if info.file_size > 2**20 and info.file_size > _LARGEST_RATIO * max(info.compress_size, 1):
            raise ModelFileError(
                self.path, name, f"grows from {info.compress_size} to {info.file_size} bytes, as no model does."
            )
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise ModelFileError(self.path, name, f"damaged ({error}).") from None

    def config(self) -> Any:
        try:
            config = json.loads(self.read(CONFIG, _LARGEST_JSON))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ModelFileError(self.path, CONFIG, f"not valid JSON ({error}).") from None
        if not isinstance(config, dict) or "class_name" not in config:
            raise ModelFileError(self.path, CONFIG, "does not describe a model: there is no class_name.")
        return config

    def assets(self, place: str) -> dict[str, bytes]:
        """The further files of a part, by name."""
        prefix = "/".join(p for p in (ASSETS, place) if p) + "/"
        return {
            info.filename[len(prefix) :]: self.read(info.filename)
            for info in self.archive.infolist()
            if info.filename.startswith(prefix) and "/" not in info.filename[len(prefix) :]
        }


def read_keras_file(path: str, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    """The model in a `.keras` file."""
    with KerasFile(path) as file:
        config = file.config()
        if not compile:
            config.pop("compile_config", None)
        try:
            with ObjectSharingScope(), FromFile(file.held()):
                model = deserialize_keras_object(config, custom_objects=custom_objects, safe_mode=safe_mode)
                prepare_optimizer(model)
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
            ArithmeticError,
            MemoryError,
        ) as error:
            if isinstance(error, ModelFileError):
                raise
            kind = ModelFileTypeError if isinstance(error, TypeError) else ModelFileError
            raise kind(path, CONFIG, f"{error}") from error
        if not hasattr(model, "load_own_variables"):
            raise ModelFileError(path, CONFIG, f"describes no model but {model!r}.")
        for place, part in walk(model):
            if hasattr(part, "load_assets_from"):
                try:
                    part.load_assets_from(file.assets(place))
                except (ValueError, UnicodeDecodeError) as error:
                    raise ModelFileError(path, f"{ASSETS}/{place}", str(error)) from error
        read_weights(model, file.read(WEIGHTS), path, WEIGHTS)
    return model


def read_weights_of(model: Any, path: str, skip_mismatch: bool, skip: Any) -> None:
    """The weights alone, from a `.keras` file."""
    with KerasFile(path) as file:
        read_weights(model, file.read(WEIGHTS), path, WEIGHTS, skip_mismatch=skip_mismatch, skip=skip)


def prepare_optimizer(model: Any) -> None:
    """Makes the optimizer's slots, so that they can be filled."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and model.built and not optimizer.built:
        optimizer.build(model.trainable_variables)
