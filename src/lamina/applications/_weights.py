"""Weights for a classifier: where they are, and how they come in."""

import os
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

from lamina.utils._get_file import get_file

STORAGE = "https://storage.googleapis.com/tensorflow/keras-applications/"


@dataclass(frozen=True)
class Pretrained:
    """A file of weights of ImageNet.

    Args:
        origin: URL.
        md5: hexadecimal MD5 or SHA-256 of the content, or None where none is known.
        name: name of the kept file; by default the last part of the URL.
    """

    origin: str
    file_hash: str | None = None
    name: str | None = None

    def fetch(self) -> str:
        return get_file(self.name, self.origin, cache_subdir="models", file_hash=self.file_hash)


@dataclass(frozen=True)
class Pair:
    """The files with and without the layers on top."""

    top: Pretrained
    no_top: Pretrained

    def choose(self, include_top: bool) -> Pretrained:
        return self.top if include_top else self.no_top


def pair(stem: str, top_hash: str | None, no_top_hash: str | None, ending: str = "_notop") -> Pair:
    """Files whose names differ in an ending: `stem` is the path below the storage, without `.h5`."""
    return Pair(Pretrained(f"{STORAGE}{stem}.h5", top_hash), Pretrained(f"{STORAGE}{stem}{ending}.h5", no_top_hash))


def tensorflow_pair(folder: str, name: str, top_hash: str, no_top_hash: str) -> Pair:
    """Files named after the order of their axes, as the oldest are."""
    return pair(f"{folder}/{name}_weights_tf_dim_ordering_tf_kernels", top_hash, no_top_hash)


def is_url(weights: Any) -> bool:
    return isinstance(weights, str) and urllib.parse.urlsplit(weights).scheme in ("http", "https", "file")


def check_weights(weights: Any, where: str) -> None:
    """Raises ValueError unless `weights` is None, "imagenet", a URL or the path of a file."""
    if weights is None or weights == "imagenet" or is_url(weights):
        return
    if not isinstance(weights, (str, os.PathLike)) or not os.path.isfile(weights):
        raise ValueError(
            f"{where}: weights must be None, 'imagenet', the path of a file, or a URL (with #sha256=... or #md5=... at its "
            f"end to have it checked); got {weights!r}, which is no file here."
        )


def weights_file(weights: Any, pretrained: Pretrained | None, where: str) -> Any:
    """The path of the weights that were asked for, fetched if need be; None for fresh ones."""
    if weights != "imagenet":
        return _from_url(weights) if is_url(weights) else weights
    if pretrained is None:
        raise ValueError(f"{where}: there are no weights of ImageNet for these arguments; give weights=None.")
    return pretrained.fetch()


def _from_url(url: str) -> str:
    origin, _, fragment = url.partition("#")
    found = re.fullmatch(r"(sha256|md5)=([0-9A-Fa-f]+)", fragment)
    if fragment and found is None:
        raise ValueError(f"weights: a URL may end in #sha256=... or #md5=...; got {url!r}.")
    return get_file(None, origin, cache_subdir="models", file_hash=found[2] if found else None)
