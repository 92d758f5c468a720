"""`run_script`: a program written for Keras, run as it is."""

import os
import runpy
import sys
import types
from collections.abc import Sequence

from lamina._public import public

from ._install import install, is_installed, uninstall


@public("compat.run_script")
def run_script(path: str, args: Sequence[str] = ()) -> int:
    """Runs a Python file as `__main__`, with `keras` and `tensorflow` meaning lamina.

    Args:
        path: the file.
        args: what the program sees in `sys.argv[1:]`.
    Returns: 0, or 1 after an error, whose traceback starts at the program's own line; 2 if there is no such file. SystemExit
        of the program passes through.
    """
    if not os.path.isfile(path):
        print(f"lamina run: there is no file {path!r}.", file=sys.stderr)
        return 2
    was_installed, argv, search = is_installed(), sys.argv, list(sys.path)
    install()
    sys.argv = [path, *args]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        runpy.run_path(path, run_name="__main__")
    except Exception as error:
        mine = _from_program_on(error.__traceback__, path)
        sys.excepthook(type(error), error.with_traceback(mine), mine)
        return 1
    finally:
        sys.argv, sys.path[:] = argv, search
        if not was_installed:
            uninstall()
    return 0


def _from_program_on(traceback: types.TracebackType | None, path: str) -> types.TracebackType | None:
    """The traceback from the program's first line on; None if it never ran."""
    step = traceback
    while step is not None and step.tb_frame.f_code.co_filename != path:
        step = step.tb_next
    return step
