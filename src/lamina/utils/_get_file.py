"""`get_file`: a file of the network, kept in a folder of the user's."""

import os
import tempfile
import urllib.parse
import warnings
from typing import Any

from lamina._checks import check_one_of
from lamina._public import public

from ._download import ALGORITHMS, digest_of, download
from ._extract import extract as extract_archive


def cache_home() -> str:
    """`$LAMINA_HOME`, else `$KERAS_HOME`, else `~/.keras`, where Keras keeps the same files."""
    home = os.environ.get("LAMINA_HOME") or os.environ.get("KERAS_HOME")
    return home or os.path.join(os.path.expanduser("~"), ".keras")


@public("utils.get_file")
def get_file(
    fname: Any = None, origin: str | None = None, untar: bool = False, md5_hash: str | None = None,
    file_hash: str | None = None, cache_subdir: str = "datasets", hash_algorithm: str = "auto", extract: bool = False,
    archive_format: Any = "auto", cache_dir: Any = None, force_download: bool = False,
) -> str:  # fmt: skip
    """The path of a file that is fetched if it is not kept already.

    A broken download goes on where it stopped. A file takes its name only when it is whole and, with a hash, right.

    Args:
        fname: its name in the folder; by default the last part of the URL. With `extract`, a name without a dot names the
            folder that the archive is taken apart into.
        origin: URL.
        untar: old spelling of `extract=True, archive_format="tar"`.
        md5_hash: old spelling of `file_hash`.
        file_hash: hexadecimal SHA-256 or MD5 that the content must have. A kept file with another one is fetched again.
        cache_subdir: folder below `cache_dir`, or an absolute one.
        hash_algorithm: "sha256", "md5", or "auto" to tell by the length.
        extract: whether the archive is taken apart.
        archive_format: "auto", "tar" (also compressed), "zip", a list of these, or None.
        cache_dir: by default `$LAMINA_HOME`, `$KERAS_HOME` or `~/.keras`.
        force_download: whether it is fetched in any case.
    Returns: the path of the file; with `extract`, of the folder.
    Raises OSError, which says where to put the file, if it cannot be fetched; ValueError for wrong content, arguments that do
        not fit, and archives that hold links, devices or paths that lead out of their folder.
    """
    if origin is None:
        raise ValueError("get_file: origin, the URL of the file, is missing.")
    check_one_of(hash_algorithm, ("auto", *ALGORITHMS), "hash_algorithm", "get_file")
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    algorithm = _algorithm(file_hash, hash_algorithm)
    name = _name(fname, origin)
    folder = _folder(cache_dir, cache_subdir)
    target, unpacked = os.path.join(folder, name), None
    if extract or untar:
        target, unpacked = _places(folder, name, fname is not None)
    is_new = force_download or not _is_kept(target, file_hash, algorithm)
    if is_new:
        download(origin, target, file_hash, algorithm)
    if unpacked is None:
        return target
    if is_new or not os.path.isdir(unpacked):
        formats = "tar" if untar else archive_format
        if not extract_archive(target, unpacked, formats):
            warnings.warn(f"get_file: {target} is no archive of the format {formats!r}.", stacklevel=2)
    return unpacked


def _algorithm(file_hash: str | None, hash_algorithm: str) -> str:
    """The algorithm of the hash. Raises ValueError for a hash that is none."""
    if file_hash is None:
        return "sha256"
    by_length = {length: name for name, (_, length) in ALGORITHMS.items()}
    found = by_length.get(len(file_hash)) if hash_algorithm == "auto" else hash_algorithm
    if found is None or len(file_hash) != ALGORITHMS[found][1] or not set(file_hash.lower()) <= set("0123456789abcdef"):
        raise ValueError(
            f"get_file: file_hash must be a hexadecimal SHA-256 or MD5; got {file_hash!r} ({hash_algorithm})."
        )
    return found


def _name(fname: Any, origin: str) -> str:
    name = os.fspath(fname) if fname else os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name or name in (os.curdir, os.pardir) or os.path.splitdrive(name)[0]:
        raise ValueError(f"get_file: {origin!r} does not end in the name of a file; give fname.")
    if os.sep in name or (os.altsep and os.altsep in name) or "\0" in name:
        raise ValueError(
            f"get_file: fname must be a name, not a path; got {name!r}. cache_dir and cache_subdir give the folder."
        )
    return name


def _folder(cache_dir: Any, cache_subdir: str) -> str:
    """The folder of kept files, made if it is not there; below the system's one for temporary files if it cannot be."""
    home = cache_home() if cache_dir is None else os.path.expanduser(os.fspath(cache_dir))
    folder = os.path.join(home, cache_subdir)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        if cache_dir is not None:
            raise
        folder = os.path.join(tempfile.gettempdir(), ".keras", cache_subdir)
        os.makedirs(folder, exist_ok=True)
    return folder


def _places(folder: str, name: str, is_given: bool) -> tuple[str, str]:
    """Where an archive is kept and where it is taken apart, as in Keras."""
    if is_given and "." in name:
        return os.path.join(folder, name), os.path.join(folder, f"{name.partition('.')[0]}_extracted")
    return os.path.join(folder, f"{name}_archive"), os.path.join(folder, name)


def _is_kept(path: str, file_hash: str | None, algorithm: str) -> bool:
    if not os.path.isfile(path):
        return False
    if file_hash is None or digest_of(path, algorithm) == file_hash.lower():
        return True
    print(f"{path} has another {ALGORITHMS[algorithm][0]} than it should; it is fetched again.", flush=True)
    return False
