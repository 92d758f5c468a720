"""Run files: the options of a fit as TOML, so that it can be repeated."""

import json
import os
import tomllib
from typing import Any

from ._errors import TableError
from ._fetched import is_url
from ._read import file_of

PATHS = ("table", "test", "out")  # options that are files or folders


def run_toml(options: dict[str, Any], folder: str) -> str:
    """The options as TOML, paths as they are from the folder of the run file; those that are None are left out."""
    lines = ["# lamina fit run.toml repeats this fit, from any folder."]
    for name, value in options.items():
        if name in PATHS and value is not None:
            seen = [_seen_from(folder, path) for path in ([value] if isinstance(value, str) else value)]
            value = seen[0] if isinstance(value, str) else seen
        if value is not None and value != () and value != []:
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # Strings of JSON are basic strings of TOML, but for the control character DEL.
    return (
        json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        if isinstance(value, (bool, str))
        else repr(value)
    )


def found_from(run_file: str, name: str, value: Any) -> Any:
    """A value of a run file; a path, or a tuple of them, as it is from here.

    A path is one from the folder of the run file, or, where nothing is there, from the folder of the command, as older run files
    have it. Raises TableError, with both, for a table that is in neither.
    """
    if name not in PATHS:
        return value
    if isinstance(value, tuple):
        return tuple(found_from(run_file, name, path) for path in value)
    if _is_fixed(value):
        return value
    folder = os.path.dirname(run_file)
    beside = os.path.normpath(os.path.join(folder, value))
    if name == "out":
        return value if os.path.abspath(value) == os.path.abspath(folder) else beside
    found = next((path for path in (beside, value) if os.path.exists(file_of(path))), None)
    if found is None:
        looked = dict.fromkeys(os.path.abspath(path) for path in (beside, value))
        raise TableError(f"{run_file}: {name}: there is no file {value!r}; looked for it at {' and '.join(looked)}.")
    return found


def _seen_from(folder: str, path: str) -> str:
    """A path as it is from a folder; the folder itself is "."."""
    if os.path.abspath(path) == os.path.abspath(folder):
        return "."
    if _is_fixed(path):
        return path
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return os.path.abspath(path)


def _is_fixed(path: str) -> bool:
    return path == "-" or is_url(path) or os.path.isabs(path)


def read_run_file(path: str, known: set[str]) -> dict[str, Any]:
    """The options of a run file. Raises TableError if it is no TOML, or has options that are not known."""
    try:
        with open(path, "rb") as file:
            options = tomllib.load(file)
    except FileNotFoundError:
        raise TableError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror or error}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: no TOML that can be read ({error}).") from None
    unknown = [name for name in options if name not in known]
    if unknown:
        raise TableError(f"{path}: there is no option {unknown[0]!r}; the options are {', '.join(sorted(known))}.")
    return options
