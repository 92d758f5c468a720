"""The entry point `lamina`: streams that take any text, and plain words where they, or the imports, break off."""

import importlib
import io
import os
import sys
from typing import Any

MISTAKE, INTERRUPTED, CLOSED = 2, 130, 141  # exit codes; the last two are 128 and the signal


def main() -> Any:
    """Runs the command in `sys.argv`; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that the console's encoding lacks is shown by its code
            stream.reconfigure(errors="backslashreplace")
    try:
        app = importlib.import_module("lamina.cli._app").app  # takes most of a second, in which Ctrl-C is heard too
    except KeyboardInterrupt:
        print("lamina: interrupted; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    try:
        try:
            status = app(prog_name="lamina")
        except SystemExit as end:
            status = end.code
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        failed = CLOSED
    except OSError as error:  # of what is printed: programs that are run, and commands, tell theirs themselves
        print(f"lamina: {said_of(error)}", file=sys.stderr)
        failed = MISTAKE
    nowhere = os.open(os.devnull, os.O_WRONLY)  # takes what is left, which Python would try again when it ends
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return failed


def said_of(error: OSError) -> str:
    """A sentence on a file, or on the standard output, that could not be used."""
    what = error.filename or "the standard output or a temporary file"
    return f"{what}: cannot be read or written ({error.strerror or error})."
