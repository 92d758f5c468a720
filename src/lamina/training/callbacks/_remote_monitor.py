"""`RemoteMonitor`."""

import json
import urllib.parse
import urllib.request
import warnings
from typing import Any

import numpy as np

from lamina._public import public

from ._callback import Callback

TIMEOUT_S = 10


@public("callbacks.RemoteMonitor")
class RemoteMonitor(Callback):
    """Sends the logs of each epoch to a server, by HTTP POST. A server that does not answer costs a warning, not the training.

    Args:
        root: URL of the server.
        path: path below it.
        field: name of the form's field that holds the logs as JSON; without `send_as_json`.
        headers: dict of further HTTP headers.
        send_as_json: whether the body is the JSON itself.
    Example:
        >>> callbacks.RemoteMonitor(root="http://localhost:9000").path
        '/publish/epoch/end/'
    """

    writes_alone = True

    def __init__(
        self, root: str = "http://localhost:9000", path: str = "/publish/epoch/end/", field: str = "data",
        headers: dict[str, str] | None = None, send_as_json: bool = False,
    ):  # fmt: skip
        super().__init__()
        if urllib.parse.urlsplit(root).scheme not in ("http", "https"):
            raise ValueError(f"RemoteMonitor: root must be a URL with http or https; got {root!r}.")
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        text = json.dumps({"epoch": epoch, **{name: _plain(value) for name, value in (logs or {}).items()}})
        try:
            with urllib.request.urlopen(self._request(text), timeout=TIMEOUT_S):
                pass
        except OSError as error:
            warnings.warn(f"RemoteMonitor: {self.root} did not take the logs of epoch {epoch}: {error}.", stacklevel=2)

    def _request(self, text: str) -> urllib.request.Request:
        kind, body = "application/json", text
        if not self.send_as_json:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode({self.field: text})
        headers = {"Content-Type": kind, **(self.headers or {})}
        return urllib.request.Request(self.root + self.path, body.encode(), headers, method="POST")


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist() if isinstance(value, (np.ndarray, np.generic)) else value
