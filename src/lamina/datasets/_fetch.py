"""Files of data sets: kept in a folder of the user's, fetched if they are not there, checked before they are used."""

import hashlib
import os
import urllib.error
import urllib.request

from lamina.saving._writer import write_bytes

TIMEOUT_S = 60


def cache_folder() -> str:
    """`$LAMINA_HOME/datasets`, else `$KERAS_HOME/datasets`, else `~/.keras/datasets`, where Keras keeps the same files."""
    home = os.environ.get("LAMINA_HOME") or os.environ.get("KERAS_HOME")
    return os.path.join(home or os.path.join(os.path.expanduser("~"), ".keras"), "datasets")


def fetch(name: str, origin: str, sha256: str) -> str:
    """The path of the file of that name, fetched from `origin` if it is not kept already or has been changed.

    Args:
        name: file name in the cache folder; or an absolute path, and what is there is taken as it is.
        origin: URL.
        sha256: hexadecimal digest that the content must have.
    Raises OSError, saying what to do, if it cannot be fetched; ValueError if what came is not the file.
    """
    path = os.path.join(cache_folder(), name)
    if os.path.exists(path) and (os.path.isabs(name) or _digest_of(path) == sha256):
        return path
    try:
        with urllib.request.urlopen(origin, timeout=TIMEOUT_S) as response:
            content = response.read()
    except (urllib.error.URLError, OSError) as error:
        raise OSError(
            f"Could not fetch {origin} ({error}). Put the file at {path} yourself, or set LAMINA_HOME to a folder whose "
            "datasets/ holds it."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{origin}: the content has SHA-256 {found}, expected {sha256}; it was not kept.")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_bytes(path, content)
    return path


def _digest_of(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
