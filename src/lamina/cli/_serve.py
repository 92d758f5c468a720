"""`lamina serve`: a model behind HTTP."""

import sys

from lamina.serving._run import serve
from lamina.serving._settings import ServeSettings
from lamina.tables._errors import TableError

_HERE = ("127.0.0.1", "::1", "localhost")


def serve_file(
    model: str, host: str, port: int, token: str | None, max_rows: int, max_bytes: int, queue: int, wait_ms: float
) -> None:
    """Serves a model file. Raises TableError without the extra `serve`."""
    if host not in _HERE and token is None:
        print(f"Note: {host} is open to other machines, and no --token is asked for.", file=sys.stderr)
    settings = ServeSettings(host, port, token, max_bytes, max_rows, queue, wait_ms=wait_ms)
    try:
        serve(model, settings)
    except ImportError as error:
        raise TableError(str(error)) from None
