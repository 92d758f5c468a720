"""The commands and their options."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from lamina import __version__
from lamina.compat import run_script
from lamina.saving import ModelFileError
from lamina.tables._errors import TableError

from ._cache import show_cache
from ._columns import LEFT_OUT
from ._fit import FitSettings, fit_table
from ._model_file import load_table_model
from ._predict import predict_table
from ._target import AUTO, CLASSIFICATION, REGRESSION


@click.group(name="lamina", context_settings={"show_default": True}, no_args_is_help=True)
@click.version_option(__version__, "--version", message="lamina %(version)s", help="Show the version and exit.")
def app() -> None:
    """Deep learning for tables and old programs."""


def main() -> Any:
    """The entry point `lamina`."""
    return app(prog_name="lamina")


def _in_one_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """A user's mistake gives one line on the standard error and exit code 2; Ctrl-C, 130."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (TableError, ModelFileError, ImportError) as error:
            message = " ".join(str(error).split())
            print(f"lamina {command.__name__}: {message}", file=sys.stderr)
            raise click.exceptions.Exit(2) from None
        except KeyboardInterrupt:
            print(f"lamina {command.__name__}: interrupted; nothing was written.", file=sys.stderr)
            raise click.exceptions.Exit(130) from None

    return wrapper


_LEAST_1, _LEAST_0 = click.IntRange(min=1), click.IntRange(min=0)


@app.command()
@click.argument("table")
@click.option("--target", required=True, help="Column to predict.")
@click.option(
    "--ordinal", metavar="COL=low,mid,high", multiple=True, help="Column whose values have this order; repeatable."
)
@click.option("--drop", metavar="COL", multiple=True, help="Column to leave out; repeatable.")
@click.option(
    "--missing", metavar="VALUE", multiple=True, help="Value that stands for missing (-1, unknown); repeatable."
)
@click.option("--encoding", default=None, help="Of a text file, like utf-8 or cp949 [default: found out].")
@click.option("--task", default=AUTO, help="auto, regression or classification.")
@click.option("--epochs", default=500, type=_LEAST_1, help="Most epochs; training stops early.")
@click.option("--batch-size", default=0, type=_LEAST_0, help="Rows an update; 0 chooses by the size of the table.")
@click.option("--hidden", default="32,16", help="Units of the hidden layers; 0 for none.")
@click.option("--learning-rate", default=0.003, help="Step size of AdamW.")
@click.option(
    "--weight-decay",
    default=None,
    type=click.FloatRange(min=0),
    help="Pull of the weights to 0, in step sizes [default: 100 / training rows, at most 1].",
)
@click.option("--patience", default=30, type=_LEAST_1, help="Epochs without improvement before training stops.")
@click.option("--test-size", default=0.2, help="Share of the rows kept for the test.")
@click.option("--val-size", default=0.2, help="Share of the other rows that decide when to stop.")
@click.option("--seed", default=0, type=_LEAST_0, help="Fixes the split, the first weights and the order.")
@click.option("--out", metavar="DIR", default=None, help="Folder to write to [default: TABLE's name + -model].")
@click.option("--quiet", is_flag=True, help="Show errors only.")
@_in_one_line
def fit(table: str, ordinal: tuple[str, ...], hidden: str, out: str | None, **options: Any) -> None:
    """Fits a network to TABLE, a CSV or Parquet file: model.keras, metrics.json and learning_curves.png."""
    if options["task"] not in (AUTO, REGRESSION, CLASSIFICATION):
        raise TableError(f"--task must be auto, regression or classification; got {options['task']!r}.")
    for name in ("test_size", "val_size"):
        if not 0 < options[name] < 1:
            raise TableError(f"--{name.replace('_', '-')} must be between 0 and 1; got {options[name]:g}.")
    if not options["learning_rate"] > 0:
        raise TableError(f"--learning-rate must be above 0; got {options['learning_rate']:g}.")
    fit_table(
        FitSettings(
            table=table,
            ordinal=_orders(ordinal),
            hidden=_units(hidden),
            out=out or os.path.splitext(os.path.basename(table))[0] + "-model",
            **options | {"drop": list(options["drop"])},
        )
    )


@app.command()
@click.argument("model")
@click.argument("table")
@click.option("--out", "-o", default=None, help="CSV or Parquet file [default: CSV on the screen].")
@click.option("--keep", metavar="COL", multiple=True, help="Column to copy beside the predictions.")
@click.option("--encoding", default=None, help="Of a text file, like utf-8 or cp949 [default: found out].")
@_in_one_line
def predict(model: str, table: str, out: str | None, keep: tuple[str, ...], encoding: str | None) -> None:
    """Predicts each row of TABLE with MODEL, a file of lamina fit: numbers, or classes and their probabilities."""
    predict_table(model, table, out, list(keep), encoding)


@app.command()
@click.argument("model")
@_in_one_line
def summary(model: str) -> None:
    """Shows the layers of MODEL (.keras) and, if it was fitted to a table, its columns."""
    table_model = load_table_model(model)
    table_model.model.summary()
    if table_model.columns is not None:
        print(f"Predicts {table_model.target.name!r} ({', '.join(table_model.target.classes) or 'a number'}) from:")
        for column in table_model.columns:
            if column.kind != LEFT_OUT:
                print(f"  {column.name} ({column.kind})")


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.argument("script")
@click.pass_context
def run(context: click.Context, script: str) -> None:
    """Runs SCRIPT, a program for Keras 1, 2, 3 or tensorflow.keras, on lamina; what follows is the program's own."""
    raise click.exceptions.Exit(run_script(script, context.args))


@app.command()
@click.option("--clear", is_flag=True, help="Remove it.")
@_in_one_line
def cache(clear: bool) -> None:
    """Shows the machine code that is kept for the next run of a program (extra fast)."""
    show_cache(clear)


def _orders(given: tuple[str, ...]) -> dict[str, list[str]]:
    orders = {}
    for entry in given:
        name, equals, levels = entry.partition("=")
        order = [level.strip() for level in levels.split(",")]
        if not equals or len(order) < 2 or "" in order or len(set(order)) < len(order):
            raise TableError(f"--ordinal takes COLUMN=lowest,...,highest, each level once; got {entry!r}.")
        orders[name.strip()] = order
    return orders


def _units(given: str) -> tuple[int, ...]:
    try:
        units = tuple(int(u) for u in given.replace(" ", "").split(",") if u)
    except ValueError:
        units = (-1,)
    if units in ((), (0,)):
        return ()
    if any(u <= 0 for u in units):
        raise TableError(f"--hidden takes units of layers, like 32,16, or 0 for none; got {given!r}.")
    return units
