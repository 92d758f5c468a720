"""Runs a service until it is told to stop."""

import importlib
from typing import Any

from lamina._extras import require

from ._app import make_app
from ._settings import ServeSettings


def serve(path: str, settings: ServeSettings) -> None:
    """Serves the model in a file over HTTP, until SIGINT or SIGTERM; requests that are under way are answered first.

    Raises ModelFileError if the file is no model; ImportError without the extra `serve`.
    """
    require("uvicorn", "serve", "lamina serve")
    uvicorn: Any = importlib.import_module("uvicorn")
    app = make_app(path, settings)
    print(f"{path} at http://{settings.host}:{settings.port} (Ctrl-C stops it).", flush=True)
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False,
        timeout_keep_alive=5, timeout_graceful_shutdown=int(settings.timeout_s),
    )  # fmt: skip
