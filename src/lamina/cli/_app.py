"""The commands and their options."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from lamina import __version__
from lamina.compat import run_script
from lamina.saving import ModelFileError

from ._columns import LEFT_OUT
from ._errors import CommandError
from ._fit import FitSettings, fit_table
from ._model_file import load_table_model
from ._predict import predict_table
from ._target import AUTO, CLASSIFICATION, REGRESSION

app = typer.Typer(
    name="lamina", help="Deep learning for tables and old programs.", add_completion=False, no_args_is_help=True,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


def main() -> Any:
    """The entry point `lamina`."""
    return app()


def _in_one_line(command: Callable) -> Callable:
    """A user's mistake gives one line on the standard error and exit code 2; Ctrl-C, 130."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (CommandError, ModelFileError, ImportError) as error:
            message = " ".join(str(error).split())
            print(f"lamina {command.__name__}: {message}", file=sys.stderr)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            print(f"lamina {command.__name__}: interrupted; nothing was written.", file=sys.stderr)
            raise typer.Exit(130) from None

    return wrapper


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"lamina {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Deep learning for tables and old programs."""


@app.command()
@_in_one_line
def fit(
    table: Annotated[str, typer.Argument(help="CSV or Parquet file, columns named in the first line.")],
    target: Annotated[str, typer.Option(help="Column to predict.")],
    ordinal: Annotated[
        list[str] | None,
        typer.Option(metavar="COL=low,mid,high", help="Column whose values have this order; repeatable."),
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="COL", help="Column to leave out; repeatable.")] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="VALUE", help="Value that stands for missing (-1, unknown); repeatable.")
    ] = None,
    task: Annotated[str, typer.Option(help="auto, regression or classification.")] = AUTO,
    epochs: Annotated[int, typer.Option(min=1, help="Most epochs; training stops early.")] = 500,
    batch_size: Annotated[int, typer.Option(min=0, help="Rows an update; 0 chooses by the size of the table.")] = 0,
    hidden: Annotated[str, typer.Option(help="Units of the hidden layers; 0 for none.")] = "32,16",
    learning_rate: Annotated[float, typer.Option(help="Step size of AdamW.")] = 0.003,
    weight_decay: Annotated[
        float | None,
        typer.Option(min=0, help="Pull of the weights to 0, in step sizes [default: 100 / training rows, at most 1]."),
    ] = None,
    patience: Annotated[int, typer.Option(min=1, help="Epochs without improvement before training stops.")] = 30,
    test_size: Annotated[float, typer.Option(help="Share of the rows kept for the test.")] = 0.2,
    val_size: Annotated[float, typer.Option(help="Share of the other rows that decide when to stop.")] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="Fixes the split, the first weights and the order.")] = 0,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Folder to write to [default: TABLE's name + -model].")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show errors only.")] = False,
) -> None:
    """Fits a network to a table: model.keras, metrics.json and learning_curves.png."""
    if task not in (AUTO, REGRESSION, CLASSIFICATION):
        raise CommandError(f"--task must be auto, regression or classification; got {task!r}.")
    for name, share in (("--test-size", test_size), ("--val-size", val_size)):
        if not 0 < share < 1:
            raise CommandError(f"{name} must be between 0 and 1; got {share:g}.")
    if not learning_rate > 0:
        raise CommandError(f"--learning-rate must be above 0; got {learning_rate:g}.")
    fit_table(
        FitSettings(
            table=table,
            target=target,
            ordinal=_orders(ordinal or []),
            drop=drop or [],
            missing=tuple(missing or ()),
            task=task,
            epochs=epochs,
            batch_size=batch_size,
            hidden=_units(hidden),
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            patience=patience,
            test_size=test_size,
            val_size=val_size,
            seed=seed,
            out=out or os.path.splitext(os.path.basename(table))[0] + "-model",
            quiet=quiet,
        )
    )


@app.command()
@_in_one_line
def predict(
    model: Annotated[str, typer.Argument(help="Model file written by lamina fit.")],
    table: Annotated[str, typer.Argument(help="CSV or Parquet file with the columns the model was fitted on.")],
    out: Annotated[
        str | None, typer.Option("--out", "-o", help="CSV or Parquet file [default: CSV on the screen].")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="COL", help="Column to copy beside the predictions.")
    ] = None,
) -> None:
    """Predicts each row of a table: numbers, or classes and their probabilities."""
    predict_table(model, table, out, keep or [])


@app.command()
@_in_one_line
def summary(model: Annotated[str, typer.Argument(help="Model file (.keras).")]) -> None:
    """Shows a model's layers and, if it was fitted to a table, its columns."""
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
def run(
    context: typer.Context,
    script: Annotated[str, typer.Argument(help="Python file written for Keras 1, 2, 3 or tensorflow.keras.")],
) -> None:
    """Runs a Keras program on lamina; what follows SCRIPT is the program's own."""
    raise typer.Exit(run_script(script, context.args))


def _orders(given: list[str]) -> dict[str, list[str]]:
    orders = {}
    for entry in given:
        name, equals, levels = entry.partition("=")
        order = [level.strip() for level in levels.split(",")]
        if not equals or len(order) < 2 or "" in order or len(set(order)) < len(order):
            raise CommandError(f"--ordinal takes COLUMN=lowest,...,highest, each level once; got {entry!r}.")
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
        raise CommandError(f"--hidden takes units of layers, like 32,16, or 0 for none; got {given!r}.")
    return units
