"""`lamina playground`: a page on which a network learns."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamina._lazy import lazy_module
from lamina.playground._plan import CSV, plan_of_link
from lamina.playground._table_material import table_at
from lamina.serving._refused import Refused
from lamina.tables._apart import check_apart
from lamina.tables._errors import TableError

_recording: Any = lazy_module("lamina.playground._recording")
_run: Any = lazy_module("lamina.playground._run")

_HERE = ("127.0.0.1", "localhost")


def open_playground(table: str | None, host: str, port: int) -> None:
    """Serves the page. Raises TableError for a table that cannot be drawn, and without the extra `playground`."""
    if host not in _HERE:
        print(f"Note: {host} is open to other machines.", file=sys.stderr)
    with _told():
        _run.play(host, port, table)


def export_playground(out: str, table: str | None, link: str, epochs: int, force: bool) -> None:
    """Trains what the link says and writes the page. Raises TableError for what cannot be trained, drawn or written."""
    check_apart(out, table)
    if os.path.exists(out) and not force:
        raise TableError(f"--export {out}: is there already; choose another name, or overwrite it with --force.")
    with _told():
        plan = plan_of_link(link or (f"#data={CSV}" if table else ""))
        if (plan.data == CSV) != (table is not None):
            raise TableError("--csv and a link with data=csv need each other.")
        try:
            _recording.write_recording(out, plan, epochs, None if table is None else table_at(table), table or "")
        except OSError as error:
            raise TableError(f"--export {out}: cannot be written ({error.strerror or error}).") from None
    print(f"Wrote {out} ({os.path.getsize(out) / 1e6:.1f} MB): {epochs} epochs of {plan.data}.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise TableError(refused.message) from None
    except ImportError as error:
        raise TableError(str(error)) from None
