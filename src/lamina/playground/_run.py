"""Runs the playground until it is told to stop."""

import importlib
from typing import Any

from lamina._extras import require

from ._app import make_app
from ._classroom import Classroom
from ._table_material import table_at

_HERE = ["127.0.0.1", "localhost", "[::1]"]


def play(host: str, port: int, table: str | None) -> None:
    """Serves the page over HTTP, until SIGINT or SIGTERM.

    Args:
        host, port: where it listens.
        table: a file that the page offers as its table; None for none.
    Raises Refused if the file is no table that can be drawn; ImportError without the extra `playground`.
    """
    require("uvicorn", "playground", "lamina playground")
    uvicorn: Any = importlib.import_module("uvicorn")
    classroom = Classroom() if table is None else Classroom(table_at(table), table)
    app = make_app(classroom, [*_HERE, host] if host not in ("0.0.0.0", "::") else ["*"])
    hash = "#data=csv" if table is not None else ""
    print(f"The playground is at http://{host}:{port}/{hash} (Ctrl-C stops it).", flush=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
