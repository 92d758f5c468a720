"""Run files: the options of a fit as TOML, so that it can be repeated."""

import json
import tomllib
from typing import Any

from ._errors import TableError


def run_toml(options: dict[str, Any]) -> str:
    """The options as TOML; those that are None are left out."""
    lines = ["# lamina fit run.toml repeats this fit."]
    for name, value in options.items():
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
