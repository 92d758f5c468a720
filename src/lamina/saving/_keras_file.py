"""`.keras` files: a zip of metadata.json, config.json and model.weights.h5."""

import datetime
import json
import zipfile
from collections.abc import Callable, Collection
from typing import Any

from lamina.variables import FromFile, ObjectSharingScope, deserialize_keras_object, serialize_shared

from ._archive import Archive
from ._errors import MALFORMED, ModelFileError, ModelFileTypeError, told
from ._json import parse_json
from ._old_config import modern, modern_compile
from ._shards import shards_of
from ._walk import walk
from ._weights import read_weights, weights_bytes
from ._writer import atomic_file

CONFIG, METADATA, WEIGHTS, ASSETS = "config.json", "metadata.json", "model.weights.h5", "assets"
# The version of Keras whose format this is.
FORMAT_VERSION = "3.15.1"


def write_keras_file(model: Any, path: str, include_optimizer: bool = True) -> None:
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members_of(model, include_optimizer).items():
            archive.writestr(name, content)


def members_of(model: Any, include_optimizer: bool = True, max_shard_size: float | None = None) -> dict[str, bytes]:
    """What is written of a model, by name; with `max_shard_size` the weights as files of so many gigabytes and a map."""
    config = serialize_shared(model)
    if not include_optimizer:
        config.pop("compile_config", None)
    members = {
        METADATA: json.dumps(
            {"keras_version": FORMAT_VERSION, "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")}
        ).encode(),
        CONFIG: json.dumps(config).encode(),
    }
    if max_shard_size is None:
        members[WEIGHTS] = weights_bytes(model, include_optimizer)
    else:
        members |= shards_of(model, WEIGHTS.partition(".")[0], max_shard_size, include_optimizer=include_optimizer)
    for place, part in walk(model):
        if hasattr(part, "saved_assets"):
            for name, content in part.saved_assets().items():
                members["/".join((ASSETS, place, name))] = content
    return members


class KerasMembers:
    """The members of a model's file by name, wherever they lie.

    What inherits from it has `path`, which is what messages call the file, `names`, and `read(name)`.
    """

    path: str
    names: Collection[str]

    def read(self, name: str) -> bytes:
        raise NotImplementedError

    def weights(self) -> tuple[int, Callable[[Any], None]]:
        """How many bytes of weights there are, and what reads them into a model."""
        content = self.read(WEIGHTS)
        return len(content), lambda model: read_weights(model, content, self.path, WEIGHTS)

    def json(self, name: str) -> Any:
        """The value of a member that is a JSON text."""
        try:
            return parse_json(self.read(name))
        except ModelFileError:
            raise
        except ValueError as error:
            raise ModelFileError(self.path, name, f"{error}.") from None

    def config(self) -> Any:
        config = self.json(CONFIG)
        if not isinstance(config, dict) or "class_name" not in config:
            raise ModelFileError(self.path, CONFIG, "does not describe a model: there is no class_name.")
        return config

    def assets(self, place: str) -> dict[str, bytes]:
        """The further files of a part, by name."""
        prefix = "/".join(p for p in (ASSETS, place) if p) + "/"
        return {
            name[len(prefix) :]: self.read(name)
            for name in self.names
            if name.startswith(prefix) and "/" not in name[len(prefix) :]
        }


class KerasFile(Archive, KerasMembers):
    """A `.keras` file opened for reading."""

    def __init__(self, path: str):
        super().__init__(path, "a .keras file")
        self.names = self.members.keys()
        missing = next((name for name in (CONFIG, WEIGHTS) if name not in self.members), None)
        if missing is not None:
            self.__exit__()
            raise ModelFileError(path, missing, "missing; the file is no .keras file or is incomplete.")


def read_keras_file(path: str, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    """The model in a `.keras` file."""
    with KerasFile(path) as file:
        return read_members(file, custom_objects, compile, safe_mode)


def read_members(file: KerasMembers, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    """The model that the members describe, with its weights."""
    config, (held, take_weights) = _modern_config(file), file.weights()
    if not compile:
        config.pop("compile_config", None)
    try:
        with ObjectSharingScope(), FromFile(held):
            model = deserialize_keras_object(config, custom_objects=custom_objects, safe_mode=safe_mode)
            prepare_optimizer(model)
    except MALFORMED as error:
        if isinstance(error, ModelFileError):
            raise
        kind = ModelFileTypeError if isinstance(error, TypeError) else ModelFileError
        raise kind(file.path, CONFIG, told(error)) from error
    if not hasattr(model, "load_own_variables"):
        raise ModelFileError(file.path, CONFIG, f"describes no model but {model!r}.")
    for place, part in walk(model):
        if hasattr(part, "load_assets_from"):
            _read_assets(part, file, place)
    take_weights(model)
    return model


def _modern_config(file: KerasMembers) -> Any:
    """The config; that of a file of Keras 2.12 to 2.15 in the words of Keras 3."""
    config = file.config()
    about = file.json(METADATA) if METADATA in file.names else None
    if not isinstance(about, dict) or not str(about.get("keras_version")).startswith("2."):
        return config
    try:
        return {**modern(config), "compile_config": modern_compile(config.get("compile_config"))}
    except MALFORMED as error:
        raise ModelFileError(file.path, CONFIG, told(error)) from error


def _read_assets(part: Any, file: KerasMembers, place: str) -> None:
    try:
        part.load_assets_from(file.assets(place))
    except MALFORMED as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(file.path, f"{ASSETS}/{place}", told(error)) from error


def read_weights_of(model: Any, path: str, skip_mismatch: bool, skip: Any) -> None:
    """The weights alone, from a `.keras` file."""
    with KerasFile(path) as file:
        read_weights(model, file.read(WEIGHTS), path, WEIGHTS, skip_mismatch=skip_mismatch, skip=skip)


def prepare_optimizer(model: Any) -> None:
    """Makes the optimizer's slots, so that they can be filled."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and model.built and not optimizer.built:
        optimizer.build(model.trainable_variables)
