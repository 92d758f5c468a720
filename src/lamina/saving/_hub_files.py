"""Files of the Hugging Face hub: what a repository holds at one commit, and each file compared with its checksum."""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lamina._extras import require

from ._errors import MALFORMED, MissingModelFileError, ModelFileError, told

SCHEME = "hf://"
_ADDRESS = re.compile(r"hf://([\w.-]+/[\w.-]+?)(?:@([\w.-]+))?(?:/(.+))?")
_PIECE = 2**20


@dataclass(frozen=True)
class Address:
    """A repository, and one file of it at one revision, each None if it is not told."""

    repo: str
    revision: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return SCHEME + self.repo + (f"@{self.revision}" if self.revision else "")


def is_on_hub(path: str) -> bool:
    return path.startswith(SCHEME)


def parse_address(text: str, where: str) -> Address:
    """The parts of `hf://user/name[@revision][/file]`. Raises ValueError for anything else."""
    found = _ADDRESS.fullmatch(text)
    if found is None or ".." in text.removeprefix(SCHEME).split("/"):
        raise ValueError(
            f"{where}: expected an address of the form hf://user/name, hf://user/name@revision or "
            f"hf://user/name/file; got {text!r}."
        )
    return Address(*found.groups())


def hub(where: str) -> Any:
    """The client of the hub, of `HF_ENDPOINT` if that is set. Raises ImportError, naming the extra, without its package."""
    require("huggingface_hub", "hub", f"{where}: the Hugging Face hub")
    import huggingface_hub  # loaded when the hub is first asked

    return huggingface_hub.HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, library_name="lamina")


@contextlib.contextmanager
def clear_errors(address: Address, client: Any, member: str | None = None) -> Iterator[None]:
    """What the package says, as errors that name the address and what to do."""
    from huggingface_hub import errors

    missing = (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.EntryNotFoundError)
    transport = errors.HfHubHTTPError.__bases__  # of the package by which it connects: requests or httpx
    try:
        yield
    except ModelFileError:
        raise
    except errors.LocalEntryNotFoundError as error:  # what it says when a file is asked for and there is no connection
        raise _unreachable(client, error) from error
    except missing as error:
        raise MissingModelFileError(
            address,
            member,
            f"not found on {client.endpoint}. A private or gated repository needs a token (hf auth login, or HF_TOKEN).",
        ) from error
    except errors.HfHubHTTPError as error:
        raise ModelFileError(address, member, f"{client.endpoint} refused: {_first_line(error)}") from error
    except errors.HFValidationError as error:
        raise ValueError(f"{address}: {_first_line(error)}") from error
    except (ConnectionError, TimeoutError) as error:
        raise _unreachable(client, error) from error
    except (*transport, OSError) as error:
        if _is_of_the_wire(error):
            raise _unreachable(client, error) from error
        raise ModelFileError(address, member, f"broke off on the way ({_first_line(error)}).") from error
    except MALFORMED as error:  # an answer that is no JSON, as of a page to log in, or another than the hub gives
        raise ModelFileError(address, member, f"{client.endpoint} answers as no hub does ({told(error)})") from error


def _is_of_the_wire(error: BaseException) -> bool:
    """Whether there was no connection at all, in the words of requests and of httpx."""
    return type(error).__name__ in ("ConnectError", "ConnectTimeout", "ReadTimeout", "ProxyError", "ConnectionError")


def _unreachable(client: Any, error: BaseException) -> ConnectionError:
    return ConnectionError(
        f"The hub at {client.endpoint} cannot be reached ({_first_line(error)}). Try again with a connection, without "
        "HF_HUB_OFFLINE, or load a copy by its path."
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@dataclass(frozen=True)
class Entry:
    """The size of a file in bytes and the checksum by which the hub keeps it: of git (SHA-1), or SHA-256 for large files."""

    size: int
    digest: str


class Listing:
    """What a repository holds at one commit; every file is fetched from that commit."""

    def __init__(self, address: Address, where: str):
        self.address, self._client = address, hub(where)
        with clear_errors(address, self._client):
            info = self._client.model_info(address.repo, revision=address.revision, files_metadata=True)
        self._commit: str = info.sha
        self.entries = {f.rfilename: _entry(f) for f in info.siblings or []}

    def check_sizes(self, names: list[str], most: float) -> None:
        """Raises ModelFileError if the files have more bytes than that, or a name that leads elsewhere."""
        for name in names:
            if name not in self.entries:
                raise MissingModelFileError(self.address, name, f"not there; it holds {sorted(self.entries)[:20]}.")
            if ".." in name.split("/") or name.startswith("/") or "\\" in name:
                raise ModelFileError(self.address, name, "a name that leads out of the repository.")
        total = sum(self.entries[name].size for name in names)
        if total > most:
            raise ModelFileError(
                self.address,
                max(names, key=lambda name: self.entries[name].size),
                f"{total} bytes are to be fetched, more than the {int(most)} allowed; raise max_gigabytes.",
            )

    def fetch(self, name: str) -> str:
        """The path of the file in the hub's cache. Raises ModelFileError, and deletes the copy, if it is another file."""
        with clear_errors(self.address, self._client, name):
            path: str = self._client.hf_hub_download(self.address.repo, name, revision=self._commit)
        entry, size = self.entries[name], os.path.getsize(path)
        if size != entry.size or _digest(path, entry) != entry.digest:
            os.unlink(os.path.realpath(path))
            raise ModelFileError(
                self.address,
                name,
                f"the {size} bytes that came are not those of the hub ({entry.size} bytes, checksum {entry.digest}). "
                "The copy was deleted; try again.",
            )
        return path


def _entry(sibling: Any) -> Entry:
    lfs = sibling.lfs
    return Entry(lfs.size, lfs.sha256) if lfs else Entry(sibling.size or 0, sibling.blob_id or "")


def _digest(path: str, entry: Entry) -> str:
    """SHA-256 of a large file, and for others what git calls it: SHA-1 over a head with the size and the content."""
    found = hashlib.sha256() if len(entry.digest) == 64 else hashlib.sha1(b"blob %d\0" % entry.size)
    with open(path, "rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
