"""What is typed after the options of `lamina fit`, understood."""

import math
import os
import re
from collections.abc import Callable
from typing import Any

import click

from lamina.tables._errors import TableError
from lamina.tables._fetched import file_name
from lamina.tables._large._budget import bytes_of
from lamina.tables._run_file import found_from, read_run_file

_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}

OF_ONE_RUN = {"force", "quiet", "as_json", "resume"}  # what stands in no run file


class Between(click.FloatRange):
    """A number between two others; NaN, which is neither below nor above, is refused."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> float:
        number = super().convert(value, parameter, context)
        if math.isnan(number):
            self.fail(f"{value!r} is no number.", parameter, context)
        return number


def one_of(*names: str) -> Callable[..., list[str]]:
    """Completes one of some names in the shell."""
    return lambda context, parameter, incomplete: [name for name in names if name.startswith(incomplete)]


def one_or_several(context: click.Context, parameter: click.Parameter, tables: tuple[str, ...]) -> Any:
    """The path of a table; of several the tuple of them."""
    return tables[0] if len(tables) == 1 else tables


def stem_of(table: str | tuple[str, ...]) -> str:
    """The name of the file of a table, or of the first of several, without its suffix."""
    return os.path.splitext(file_name(table if isinstance(table, str) else table[0]))[0] or "table"


def orders_of(given: tuple[str, ...]) -> dict[str, list[str]]:
    """Columns and their levels, of `COL=low,mid,high`."""
    orders = {}
    for entry in given:
        name, equals, levels = entry.partition("=")
        order = [level.strip() for level in levels.split(",")]
        if not equals or len(order) < 2 or "" in order or len(set(order)) < len(order):
            raise TableError(f"--ordinal takes COLUMN=lowest,...,highest, each level once; got {entry!r}.")
        orders[name.strip()] = order
    return orders


def units_of(given: str | None) -> tuple[int, ...] | None:
    """Units of hidden layers, of `64,64`; () for `0`, None for none given."""
    if given is None:
        return None
    try:
        units = tuple(int(u) for u in given.replace(" ", "").split(",") if u)
    except ValueError:
        units = (-1,)
    if units in ((), (0,)):
        return ()
    if any(u <= 0 for u in units):
        raise TableError(f"--hidden takes units of layers, like 64,64, or 0 for none; got {given!r}.")
    return units


def memory_of(given: str | None) -> int | None:
    """The bytes that a table may take, of `500MB`; None for none given."""
    return None if given is None else bytes_of(given)


def times_of(given: tuple[str, ...]) -> tuple[str | None, float | None]:
    """The column that orders the rows, and the seconds that training may take."""
    column = budget = None
    for entry in given:
        match = _DURATION.fullmatch(entry)
        if match is not None:
            budget = float(match["number"]) * _SECONDS[match["unit"]]
        elif column is not None:
            raise TableError(f"--time names two columns, {column!r} and {entry!r}; one orders the rows.")
        else:
            column = entry
    return column, budget


def with_run_file(context: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """The options, those of the run file in the place of what was not typed."""
    path = options["table"]
    if not isinstance(path, str):
        if any(p.lower().endswith(".toml") for p in path):
            raise TableError("A run file names its table itself; give it alone.")
        return options
    if not path.lower().endswith(".toml"):
        return options
    parameters = {p.name: p for p in context.command.params if p.name in set(options) - OF_ONE_RUN}
    read = read_run_file(path, set(parameters))
    if "table" not in read:
        raise TableError(f'{path}: names no table; it needs a line like table = "people.csv".')
    merged = dict(options)
    for name, value in read.items():
        typed = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if name == "table" or not typed:
            merged[name] = found_from(path, name, _checked(context, parameters[name], path, value))
    return merged


def _checked(context: click.Context, parameter: click.Parameter, path: str, value: Any) -> Any:
    """A value of a run file, such as it would be typed; several of an option that is repeatable, and of tables, are a tuple."""
    is_repeatable = parameter.multiple or parameter.nargs == -1
    if isinstance(value, list) and is_repeatable:
        return tuple(_checked_one(context, parameter, path, one) for one in value)
    one = _checked_one(context, parameter, path, value)
    return (one,) if parameter.multiple else one


def _checked_one(context: click.Context, parameter: click.Parameter, path: str, value: Any) -> Any:
    is_number = isinstance(parameter.type, (click.types.IntParamType, click.types.FloatParamType))
    is_whole = isinstance(parameter.type, click.types.IntParamType)
    kinds = (int,) if is_whole else (int, float) if is_number else (str,)
    if not isinstance(value, kinds) or isinstance(value, bool):
        must = "a whole number" if is_whole else "a number" if is_number else f"a text, like {str(value)!r}"
        raise TableError(f"{path}: {parameter.name} must be {must}; got {value!r}.")
    try:
        return parameter.type.convert(value, parameter, context)
    except click.BadParameter as error:
        raise TableError(f"{path}: {parameter.name}: {error.message}") from None
