"""`python -m lamina`: the command line. `run` stands before the others, so that a program's options stay its own."""

import importlib
import sys


def main() -> int:
    """Runs the command in `sys.argv`; returns the exit status."""
    if sys.argv[1:3] == ["run", "-m"] and len(sys.argv) > 3:
        return importlib.import_module("lamina.compat").run_module(sys.argv[3], sys.argv[4:])
    if sys.argv[1:2] == ["run"] and len(sys.argv) > 2 and not sys.argv[2].startswith("-"):
        return importlib.import_module("lamina.compat").run_script(sys.argv[2], sys.argv[3:])
    return importlib.import_module("lamina.cli").main()


if __name__ == "__main__":
    sys.exit(main())
