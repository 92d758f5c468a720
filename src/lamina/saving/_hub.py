"""Models on the Hugging Face hub: read through the same gate as files, and written in the layout of Keras."""

import io
import json
import os
from collections.abc import Callable
from typing import Any

from lamina import distribution
from lamina._checks import check_positive
from lamina._public import public

from ._errors import ModelFileError
from ._hub_files import SCHEME, Address, Listing, clear_errors, hub, parse_address
from ._keras_file import ASSETS, CONFIG, METADATA, WEIGHTS, KerasMembers, members_of, read_keras_file, read_members
from ._shards import MAP, is_shard, read_map
from ._weights import read_shards

_GIGABYTE = 2**30
_MOST = 16 * _GIGABYTE
_LARGEST_TEXT = 64 * 2**20  # of a config, in bytes
_FORMATS = (".keras", ".weights.h5", MAP, ".safetensors")
_START = WEIGHTS.partition(".")[0]  # of the names of weights in several files
_WEIGHTS_MAP = _START + MAP
_CARD = "README.md"


@public("saving.from_hub")
def from_hub(
    repo: str,
    filename: str | None = None,
    revision: str | None = None,
    custom_objects: Any = None,
    compile: bool = True,
    safe_mode: bool = True,
    max_gigabytes: float = 16,
) -> Any:
    """The model in a repository of the Hugging Face hub (extra `hub`); `load_model("hf://user/name")` is the same.

    It is read from the members that Keras and `push_to_hub` write (`config.json`, `model.weights.h5` or the files that
    `model.weights.json` names, `assets/`), or from a `.keras` file. Nothing else is fetched; each file is compared with the
    checksum that the hub keeps, and then passes the gate of `load_model`: no code in it is run.

    Args:
        repo: `"user/name"`.
        filename: path of a `.keras` file in it; None for the members, or for the only such file.
        revision: branch, tag or commit; None for the main branch.
        custom_objects, compile, safe_mode: as for `load_model`.
        max_gigabytes: positive float, what all files to be fetched may have together.

    Raises: ModelFileError (MissingModelFileError if there is none) with address, member and reason; ConnectionError if the hub
        cannot be reached; ImportError without the package.
    """
    if filename is not None and not filename.endswith(".keras"):
        raise ValueError(f"from_hub: filename must end in .keras; got {filename!r}. load_weights() reads weights.")
    check_positive(max_gigabytes, "max_gigabytes", "from_hub")
    address = parse_address(_joined(repo, filename, revision), "from_hub")
    listing = Listing(address, "from_hub")
    filename = address.file or _only_file(listing)
    if filename is not None:
        listing.check_sizes([filename], max_gigabytes * _GIGABYTE)
        return read_keras_file(listing.fetch(filename), custom_objects, compile, safe_mode)
    return read_members(_HubMembers(listing, max_gigabytes * _GIGABYTE), custom_objects, compile, safe_mode)


def load_from_hub(address: str, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    """What `load_model` does with `hf://...`."""
    found = parse_address(address, "load_model")
    return from_hub(found.repo, found.file, found.revision, custom_objects, compile, safe_mode)


def fetched_weights(address: str) -> str:
    """The path of a copy of the file of weights at `hf://user/name/file`."""
    found = parse_address(address, "load_weights")
    if found.file is not None and not found.file.endswith(_FORMATS):
        raise ValueError(f"load_weights: a file of the hub must end in {', '.join(_FORMATS)}; got {address!r}.")
    listing = Listing(found, "load_weights")
    name = found.file or (_WEIGHTS_MAP if _is_in_shards(listing) else WEIGHTS)
    if name.endswith(MAP):
        return _fetched_shards(listing, name, _MOST)[0]
    listing.check_sizes([name], _MOST)
    return listing.fetch(name)


def _is_in_shards(listing: Listing) -> bool:
    """Whether the repository has its weights in several files."""
    return _WEIGHTS_MAP in listing.entries and WEIGHTS not in listing.entries


def _fetched_shards(listing: Listing, name: str, most: float) -> tuple[str, int]:
    """The path of a map of weights, fetched with the files it names into one folder, and how many bytes they have."""
    listing.check_sizes([name], _LARGEST_TEXT)
    path, folder = listing.fetch(name), name[: -len(os.path.basename(name))]
    files = sorted({folder + file for files in read_map(path, str(listing.address)).values() for file in files})
    listing.check_sizes(files, most)
    for file in files:
        listing.fetch(file)
    return path, sum(listing.entries[file].size for file in files)


def _joined(repo: str, filename: str | None, revision: str | None) -> str:
    return SCHEME + str(repo) + (f"@{revision}" if revision else "") + (f"/{filename}" if filename else "")


def _only_file(listing: Listing) -> str | None:
    """The `.keras` file of a repository; None if it holds the members themselves."""
    if CONFIG in listing.entries and (WEIGHTS in listing.entries or _is_in_shards(listing)):
        return None
    found = [name for name in listing.entries if name.endswith(".keras")]
    if len(found) != 1:
        raise ModelFileError(
            listing.address,
            None,
            f"holds no model of Keras, which is {CONFIG} with {WEIGHTS} or {_WEIGHTS_MAP}, or one .keras file: "
            f"{sorted(listing.entries)[:20]}."
            if not found
            else f"holds several models, {sorted(found)[:20]}: say which, as filename.",
        )
    return found[0]


class _HubMembers(KerasMembers):
    """The members as files of a repository, each fetched when it is read."""

    def __init__(self, listing: Listing, most: float):
        self.path, self._listing = str(listing.address), listing
        known = (CONFIG, METADATA, WEIGHTS)
        self.names = [name for name in listing.entries if name in known or name.startswith(f"{ASSETS}/")]
        self._most = most
        listing.check_sizes(self.names, most)
        listing.check_sizes([CONFIG], _LARGEST_TEXT)

    def weights(self) -> tuple[int, Callable[[Any], None]]:
        if not _is_in_shards(self._listing):
            return super().weights()
        room = self._most - sum(self._listing.entries[name].size for name in self.names)
        path, size = _fetched_shards(self._listing, _WEIGHTS_MAP, room)
        return size, lambda model: read_shards(model, path, called=self.path)

    def read(self, name: str) -> bytes:
        with open(self._listing.fetch(name), "rb") as file:
            return file.read()


@public("saving.push_to_hub")
def push_to_hub(
    model: Any,
    repo: str,
    include_optimizer: bool = True,
    private: bool | None = None,
    commit_message: str | None = None,
    max_shard_size: float | None = None,
) -> str:
    """Writes a model to a repository of the Hugging Face hub (extra `hub`); `model.save("hf://user/name")` is the same.

    The repository is made if there is none. It gets the members that Keras writes there, so that both read it, in one commit:
    whole or not at all. A `README.md` that is there stays; else a short one is written. Files of others are left alone.

    Args:
        model: the model, built.
        repo: `"user/name"`.
        include_optimizer: whether compilation and the optimizer's state are written too.
        private: whether a repository that is made is private; None for the user's default.
        commit_message: str, None for one that names the model.
        max_shard_size: gigabytes that a file of weights may have. They are then written as `model_00000.weights.h5`, ... and
            `model.weights.json`, which Keras reads with `load_weights` alone.

    Returns: the address for `load_model`, `"hf://user/name"`.
    Raises: ConnectionError if the hub cannot be reached; ModelFileError with what it said if it refused; ImportError without the
        package.
    """
    address = parse_address(_joined(repo, None, None), "push_to_hub")
    if address.revision or address.file:
        raise ValueError(f"push_to_hub: repo must be 'user/name'; got {repo!r}.")
    if max_shard_size is not None:
        check_positive(max_shard_size, "max_shard_size", "push_to_hub")
    client = hub("push_to_hub")
    if not model.built:
        raise ValueError(f"push_to_hub: {model.name!r} has no weights yet: build it or call it on data first.")
    members = members_of(model, include_optimizer, max_shard_size)
    if not distribution.is_first():
        return str(address)
    with clear_errors(address, client):
        client.create_repo(address.repo, private=private, exist_ok=True)
        there = {file.rfilename for file in client.model_info(address.repo).siblings or []}
        client.create_commit(
            address.repo,
            _operations(model, members, there, address),
            commit_message=commit_message or f"Model {model.name}",
        )
    return str(address)


def save_to_hub(model: Any, path: str, include_optimizer: bool) -> None:
    """What `save_model` does with `hf://...`."""
    address = parse_address(path, "save_model")
    if address.revision or address.file:
        raise ValueError(f"save_model: expected hf://user/name, the whole of a repository; got {path!r}.")
    push_to_hub(model, address.repo, include_optimizer)


def _operations(model: Any, members: dict[str, bytes], there: set[str], address: Address) -> list[Any]:
    """The files to write, and the assets and weights of an earlier model to delete."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    files = members if _CARD in there else {**members, _CARD: _card(model, address, WEIGHTS in members)}
    stale = sorted(name for name in there if _is_of_a_model(name) and name not in members)
    return [
        *(CommitOperationAdd(name, io.BytesIO(content)) for name, content in files.items()),
        *(CommitOperationDelete(name) for name in stale),
    ]


def _is_of_a_model(name: str) -> bool:
    """Whether a file is of those that this model may have no more of."""
    return name.startswith(f"{ASSETS}/") or name in (WEIGHTS, _WEIGHTS_MAP) or is_shard(name, _START)


def _card(model: Any, address: Address, is_whole: bool) -> bytes:
    """The page of the model: how it is loaded, and its config's head."""
    kind = json.dumps(type(model).__name__)
    text = (
        "---\nlibrary_name: keras\n---\n\n"
        f"# {model.name}\n\nA {kind} model of {model.count_params():,} parameters.\n\n"
        f'```python\nimport lamina\n\nmodel = lamina.saving.load_model("{address}")\n```\n\n'
    )
    if is_whole:
        return f'{text}Keras reads it too: `keras.saving.load_model("{address}")`.\n'.encode()
    return f"{text}Keras reads the weights with `model.load_weights`, from a copy of `{_WEIGHTS_MAP}` and its files.\n".encode()
