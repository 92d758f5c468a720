"""`lamina playground`: a page on which a network learns."""

import sys

from lamina.playground._run import play
from lamina.serving._refused import Refused
from lamina.tables._errors import TableError

_HERE = ("127.0.0.1", "::1", "localhost")


def open_playground(table: str | None, host: str, port: int) -> None:
    """Serves the page. Raises TableError for a table that cannot be drawn, and without the extra `playground`."""
    if host not in _HERE:
        print(f"Note: {host} is open to other machines.", file=sys.stderr)
    try:
        play(host, port, table)
    except Refused as refused:
        raise TableError(refused.message) from None
    except ImportError as error:
        raise TableError(str(error)) from None
