"""What ends a command: a line on the standard error and an exit code."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from lamina.export import ExportError
from lamina.saving import ModelFileError
from lamina.tables._errors import TableError

from ._main import CLOSED, INTERRUPTED, MISTAKE, said_of


def in_one_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """A user's mistake, and a lack of memory or disk, give one line and exit code 2; Ctrl-C 130; a closed pipe 141 alone."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (TableError, ModelFileError, ExportError, ImportError) as error:
            message, code = " ".join(str(error).split()), MISTAKE
        except (BrokenPipeError, SystemExit) as error:
            if not isinstance(error, BrokenPipeError) and not isinstance(error.__context__, BrokenPipeError):
                raise  # rich ends the program where it meets a closed pipe
            raise click.exceptions.Exit(CLOSED) from None
        except OSError as error:
            message, code = said_of(error), MISTAKE
        except MemoryError as error:
            message, code = f"there is not enough memory ({str(error) or 'of the machine'}).", MISTAKE
        except KeyboardInterrupt as interrupt:
            message, code = f"interrupted; nothing was written.{interrupt}", INTERRUPTED
        print(f"lamina {command.__name__}: {message}", file=sys.stderr)
        raise click.exceptions.Exit(code) from None

    return wrapper
