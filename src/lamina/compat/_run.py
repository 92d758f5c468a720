"""`run_script` and `run_module`: a program written for Keras, run as it is."""

import contextlib
import importlib.util
import os
import runpy
import sys
import types
from collections.abc import Iterator, Sequence

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
    with _as_program([path, *args], os.path.dirname(os.path.abspath(path))):
        try:
            runpy.run_path(path, run_name="__main__")
        except Exception as error:
            mine = _from_program_on(error.__traceback__, path)
            sys.excepthook(type(error), error.with_traceback(mine), mine)
            return 1
    return 0


@public("compat.run_module")
def run_module(name: str, args: Sequence[str] = ()) -> int:
    """Runs an installed module as `python -m name` would, with `keras` and `tensorflow` meaning lamina: `pytest`, say.

    Args:
        name: the dotted name of the module or package.
        args: what it sees in `sys.argv[1:]`.
    Returns: 0; 2 if there is no such module. Its own errors and SystemExit pass through.
    """
    with _as_program([name, *args], os.getcwd()):
        if importlib.util.find_spec(name.partition(".")[0]) is None:
            print(f"lamina run: there is no module {name!r}.", file=sys.stderr)
            return 2
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


@contextlib.contextmanager
def _as_program(argv: list[str], folder: str) -> Iterator[None]:
    """The stand-ins installed, `sys.argv` and the folder searched first as for a program; all put back afterwards."""
    was_installed, before, search = is_installed(), sys.argv, list(sys.path)
    install()
    sys.argv = argv
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before, search
        if not was_installed:
            uninstall()


def _from_program_on(traceback: types.TracebackType | None, path: str) -> types.TracebackType | None:
    """The traceback from the program's first line on; None if it never ran."""
    step = traceback
    while step is not None and step.tb_frame.f_code.co_filename != path:
        step = step.tb_next
    return step
