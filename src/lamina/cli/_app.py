"""The commands and their options."""

import json
import shlex
import sys
from typing import Any

import click

from lamina import __version__
from lamina.compat import run_script
from lamina.export._formats import FORMATS
from lamina.tables._columns import LEFT_OUT
from lamina.tables._errors import TableError
from lamina.tables._fit import fit_table
from lamina.tables._importance import REPEATS
from lamina.tables._model import load_table_model
from lamina.tables._output import check_new, drop_unfinished, holds_trainings, out_folder, write_fit
from lamina.tables._predict import predict_table
from lamina.tables._report import Speaker
from lamina.tables._settings import EFFORTS

from ._cache import show_cache
from ._check import check_script
from ._check_table import check_model, model_of
from ._evaluate import evaluate_table
from ._explain import explain_row, explain_table
from ._export import export_file
from ._mistakes import in_one_line
from ._new_report import report_on
from ._options import Between, memory_of, one_of, one_or_several, orders_of, stem_of, times_of, units_of, with_run_file
from ._playground import export_playground, open_playground
from ._serve import serve_file

GO_ON = " To go on: the same command with {}."
EXIT_CODES = (
    "Exit codes: 0 done; 1 lamina check found something; 2 a mistake in the arguments, the table or the model, or a full "
    "disk; 3 lamina check met no fit; 130 interrupted by Ctrl-C; 141 nobody reads what is printed. lamina run ends with the "
    "code of its program. "
    "Completion of the shell: see docs/cli.md."
)


@click.group(
    name="lamina", context_settings={"show_default": True}, no_args_is_help=True, epilog=EXIT_CODES,
)  # fmt: skip
@click.version_option(__version__, "--version", message="lamina %(version)s", help="Show the version and exit.")
def app() -> None:
    """Deep learning for tables and old programs."""


_PROGRAM = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
_FILE = click.Path()  # checked by who reads it; names are completed by the shell
_LEAST_1, _LEAST_0 = click.IntRange(min=1), click.IntRange(min=0)
_TABLES = click.argument(
    "table", type=_FILE, nargs=-1, required=True, metavar="TABLE...", callback=one_or_several
)  # fmt: skip
_MODEL = click.argument("model", type=_FILE, callback=lambda context, parameter, path: model_of(path) or path)
_MEMORY = click.option(
    "--memory", default=None, metavar="SIZE",
    help="Most that a table may take, like 500MB; larger files are read in pieces [default: half of the machine's].",
)  # fmt: skip
_ENCODING = click.option("--encoding", default=None, help="Of a text file, like utf-8 or cp949 [default: found out].")


def _examples(*lines: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


@app.command(
    epilog=_examples(
        "lamina fit people.csv --target income",
        "lamina fit 2023.csv 2024.csv https://example.org/2025.csv --target income",
        "lamina fit people.csv --target income --drop id --ordinal size=low,mid,high",
        "lamina fit visits.csv --target cost --group patient --effort best",
        "lamina fit sales.parquet --target amount --time date --time 60s",
        "lamina fit people-model/run.toml --force",
    )
)
@_TABLES
@click.option("--target", default=None, help="Column to predict.")
@click.option(
    "--ordinal", metavar="COL=low,mid,high", multiple=True, help="Column whose values have this order; repeatable."
)
@click.option("--drop", metavar="COL", multiple=True, help="Column to leave out; repeatable.")
@click.option(
    "--missing", metavar="VALUE", multiple=True, help="Value that stands for missing (-1, unknown); repeatable."
)
@_ENCODING
@_MEMORY
@click.option(
    "--task",
    default="auto",
    shell_complete=one_of("auto", "regression", "classification"),
    help="auto, regression or classification.",
)
@click.option("--group", metavar="COL", default=None, help="Rows of one value stay on one side of each split.")
@click.option(
    "--time", metavar="COL|60s", multiple=True,
    help="A column: the latest rows are tested. A duration (60s, 5min, 1h): most that training takes.",
)  # fmt: skip
@click.option("--test", type=_FILE, metavar="TABLE", default=None, help="Table on which the model is tested.")
@click.option(
    "--folds",
    type=_LEAST_0,
    default=None,
    help="Parts that are tested in turn [default: 8 up to 2,500 rows, fewer up to 10,000, else 0; other efforts differ].",
)
@click.option("--test-size", type=float, default=None, help="Share of the rows kept for one test [default: 0.2].")
@click.option(
    "--val-size",
    type=float,
    help="Share of the other rows that decide when to stop [default: 0.1 with folds, else 0.2].",
)
@click.option("--split-seed", default=0, type=_LEAST_0, help="Fixes which rows are tested.")
@click.option("--seed", default=0, type=_LEAST_0, help="Fixes the first weights and the order of training.")
@click.option("--effort", default="normal", shell_complete=one_of(*EFFORTS), help="quick, normal or best.")
@click.option(
    "--hidden", default=None, help="Units of the hidden layers; 0 for the linear model alone [default: 64,64]."
)
@click.option("--epochs", default=None, type=_LEAST_1, help="Most epochs [default: by effort and rows].")
@click.option("--batch-size", default=0, type=_LEAST_0, help="Rows an update; 0 chooses by the size of the table.")
@click.option("--learning-rate", default=0.008, help="Largest step size of AdamW.")
@click.option("--weight-decay", default=0.2, type=click.FloatRange(min=0), help="Pull of the weights to 0.")
@click.option("--patience", default=30, type=_LEAST_1, help="Epochs without improvement before training stops.")
@click.option(
    "--out",
    type=_FILE,
    metavar="DIR",
    default=None,
    help="Folder to write to [default: TABLE's name + -model].",
)
@click.option("--force", is_flag=True, help="Overwrite a model that is there.")
@click.option("--resume", is_flag=True, help="Go on with a fit that was killed, to the same bits.")
@click.option("--quiet", is_flag=True, help="Show errors only.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON document: what metrics.json holds, and the files.",
)
@click.pass_context
@in_one_line
def fit(context: click.Context, **options: Any) -> None:
    """Fits a model to TABLE (CSV, Parquet, Excel, JSON, SQLite ..., or its address), or repeats a run file (TOML).

    Several tables with the same columns are taken one after the other.

    Writes model.keras, report.html, metrics.json, learning_curves.png and run.toml.
    """
    options = with_run_file(context, options)
    if options["target"] is None:
        raise TableError("--target is needed: the column to predict.")
    force, quiet, as_json, resume = (options.pop(name) for name in ("force", "quiet", "as_json", "resume"))
    table, out = options["table"], options["out"]
    out = options["out"] = out or stem_of(table) + "-model"
    arguments = {name: value for name, value in options.items() if name not in ("table", "out")}
    arguments |= {"ordinal": orders_of(options["ordinal"]), "hidden": units_of(options["hidden"])}
    arguments["time"], arguments["budget"] = times_of(options["time"])
    arguments["memory"] = memory_of(options["memory"])
    with out_folder(out, force, resume, table, options["test"]) as kept:
        try:
            model = fit_table(table, verbose=not quiet and not as_json, resume=kept, **arguments)
            with Speaker(quiet or as_json).working("Looking at the columns for the report"):
                paths, notes = write_fit(out, model, options)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(GO_ON.format("--resume") if holds_trainings(kept) else "") from None
    may_go_on = drop_unfinished(kept, model.result.interrupted)
    if as_json:
        print(json.dumps({**model.summary, "files": paths}, indent=2))
    elif not quiet:
        for note in notes:
            print(note)
        print(f"Wrote {', '.join(paths)}.")
        tables = [table] if isinstance(table, str) else table
        print(f"Next: {shlex.join(['lamina', 'predict', paths[0], *tables, '-o', 'predictions.csv'])}")
    if model.result.interrupted:
        how = GO_ON.format("--resume --force") if may_go_on else ""
        print(f"lamina fit: interrupted; the best so far was written.{how}", file=sys.stderr)
        raise click.exceptions.Exit(130)


@app.command(
    epilog=_examples(
        "lamina predict people-model/model.keras new.csv",
        "lamina predict people-model/model.keras new.csv -o predictions.csv --keep id",
    )
)
@_MODEL
@_TABLES
@click.option(
    "--out", "-o", type=_FILE, metavar="FILE", default=None,
    help="File, of the kind its name says: .csv, .tsv, .csv.gz, .jsonl, .parquet, .xlsx [default: CSV on the screen].",
)  # fmt: skip
@click.option("--keep", metavar="COL", multiple=True, help="Column to copy beside the predictions.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@_ENCODING
@_MEMORY
@in_one_line
def predict(
    model: str, table: Any, out: str | None, keep: tuple[str, ...], force: bool, encoding: str | None, memory: str | None
) -> None:  # fmt: skip
    """Predicts each row of TABLE with MODEL, a file of lamina fit: numbers, or classes and their probabilities."""
    check_new(out, force, model, table)
    predict_table(model, table, out, list(keep), encoding, memory_of(memory))


@app.command(epilog=_examples("lamina evaluate people-model/model.keras new.csv --json"))
@_MODEL
@_TABLES
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_ENCODING
@_MEMORY
@in_one_line
def evaluate(model: str, table: Any, as_json: bool, encoding: str | None, memory: str | None) -> None:
    """Says how well MODEL, a file of lamina fit, predicts TABLE, which has the target."""
    evaluate_table(model, table, encoding, memory_of(memory), as_json)


@app.command(
    epilog=_examples(
        "lamina export people-model/model.keras --format numpy",
        "lamina export net.keras --format onnx --out net.onnx --check",
    )
)
@_MODEL
@click.option("--format", "-f", required=True, type=click.Choice(sorted(FORMATS)), help="Of the file to write.")
@click.option("--out", "-o", type=_FILE, default=None, help="File to write [default: MODEL with another suffix].")
@click.option(
    "--check/--no-check", default=None, help="Run the file beside MODEL first [default: if what runs it is installed]."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@in_one_line
def export(model: str, format: str, out: str | None, check: bool | None, force: bool) -> None:
    """Writes MODEL (.keras, or of lamina fit) to a file that runs without lamina."""
    export_file(model, format, out, check, force)


@app.command(
    epilog=_examples(
        "lamina serve people-model/model.keras",
        "LAMINA_SERVE_TOKEN=secret lamina serve model.keras --host 0.0.0.0 --port 80",
    )
)
@_MODEL
@click.option("--host", default="127.0.0.1", help="Where to listen; 127.0.0.1 is this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Where to listen.")
@click.option(
    "--token", envvar="LAMINA_SERVE_TOKEN", default=None, metavar="TOKEN",
    help="What requests must bring as Authorization: Bearer TOKEN; safer by LAMINA_SERVE_TOKEN than as an option.",
)  # fmt: skip
@click.option("--max-rows", type=_LEAST_1, default=10_000, help="Most rows of one request.")
@click.option("--max-bytes", type=_LEAST_1, default=10_000_000, help="Most bytes of one request.")
@click.option("--queue", type=_LEAST_1, default=1000, help="Requests that may wait at once.")
@click.option("--wait-ms", type=Between(0, 1000), default=2.0, help="How long a request waits for others.")
@in_one_line
def serve(
    model: str, host: str, port: int, token: str | None, max_rows: int, max_bytes: int, queue: int, wait_ms: float
) -> None:
    """Answers requests over HTTP with MODEL (.keras, or of lamina fit), until Ctrl-C."""
    serve_file(model, host, port, token, max_rows, max_bytes, queue, wait_ms)


@app.command(
    epilog=_examples(
        "lamina playground",
        "lamina playground --csv flowers.csv --port 8001",
        "lamina playground --export spirals.html --link '#data=spirals&layers=8,8' --epochs 300",
    )
)
@click.option("--csv", "table", type=_FILE, metavar="TABLE", default=None, help="Table that the page offers as data.")
@click.option("--host", default="127.0.0.1", help="Where to listen; 127.0.0.1 is this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, help="Where to listen.")
@click.option(
    "--export", "out", type=_FILE, metavar="FILE", default=None,
    help="Train, and write one HTML file that shows it again without a server, instead of opening the page.",
)  # fmt: skip
@click.option("--link", default="", help="Of --export: a link that the page gave; it says what is trained.")
@click.option("--epochs", type=click.IntRange(1, 10_000), default=100, help="Of --export: how long it trains.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@in_one_line
def playground(
    table: str | None, host: str, port: int, out: str | None, link: str, epochs: int, force: bool
) -> None:  # fmt: skip
    """Opens a page on which a small network learns before one's eyes, until Ctrl-C."""
    if out is None:
        open_playground(table, host, port)
    else:
        export_playground(out, table, link, epochs, force)


@app.command(
    epilog=_examples(
        "lamina explain people-model/model.keras people.csv",
        "lamina explain people-model/model.keras new.csv --row 3 --background people.csv",
    )
)
@_MODEL
@_TABLES
@click.option("--row", type=_LEAST_1, default=None, help="What each column adds to the answer for this row, from 1.")
@click.option(
    "--background", metavar="TABLE", default=None, help="Rows that the row is compared with [default: TABLE]."
)
@click.option(
    "--class", "name", metavar="NAME", default=None, help="Class whose probability is told [default: the likeliest]."
)
@click.option("--repeats", type=_LEAST_1, default=REPEATS, help="How often each column is shuffled.")
@click.option("--seed", type=_LEAST_0, default=0, help="Fixes what is drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_ENCODING
@_MEMORY
@in_one_line
def explain(
    model: str, table: Any, row: int | None, background: str | None, name: str | None, repeats: int, seed: int, as_json: bool,
    encoding: str | None, memory: str | None,
) -> None:  # fmt: skip
    """Says what the columns of TABLE do in MODEL: their importance, or with --row what each adds to one answer."""
    if row is None:
        if background is not None or name is not None:
            raise TableError(f"{'--background' if name is None else '--class'} is of one row: say which with --row.")
        explain_table(model, table, encoding, memory_of(memory), repeats, seed, as_json)
    else:
        explain_row(model, table, encoding, memory_of(memory), row, background, name, seed, as_json)


@app.command(epilog=_examples("lamina report people-model/model.keras new.csv -o new.html"))
@_MODEL
@_TABLES
@click.option(
    "--out", "-o", type=_FILE, metavar="FILE", default=None, help="HTML file [default: TABLE's name + -report.html]."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@_ENCODING
@_MEMORY
@in_one_line
def report(model: str, table: Any, out: str | None, force: bool, encoding: str | None, memory: str | None) -> None:
    """Writes a report on how MODEL does on TABLE, which has the target: one HTML file."""
    report_on(model, table, out, force, encoding, memory_of(memory))


@app.command(epilog=_examples("lamina summary people-model/model.keras"))
@_MODEL
@in_one_line
def summary(model: str) -> None:
    """Shows the layers of MODEL (.keras) and, if it was fitted to a table, its columns."""
    table_model = load_table_model(model)
    table_model.model.summary()
    if table_model.columns is not None:
        print(f"Predicts {table_model.target.name!r} ({', '.join(table_model.target.classes) or 'a number'}) from:")
        for column in table_model.columns:
            if column.kind != LEFT_OUT:
                print(f"  {column.name} ({column.kind})")


@app.command(context_settings=_PROGRAM, epilog=_examples("lamina run old_keras_program.py --epochs 5"))
@click.argument("script", type=_FILE)
@click.pass_context
def run(context: click.Context, script: str) -> None:
    """Runs SCRIPT, a program for Keras 1, 2, 3 or tensorflow.keras, on lamina; what follows is the program's own."""
    raise click.exceptions.Exit(run_script(script, context.args))


@app.command(
    context_settings=_PROGRAM,
    epilog=_examples(
        "lamina check train.py", "lamina check --json train.py --lr 0.1", "lamina check people-model new.csv"
    ),
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("checked", type=_FILE, metavar="SCRIPT|MODEL")
@click.pass_context
@in_one_line
def check(context: click.Context, checked: str, as_json: bool) -> None:
    """Runs SCRIPT, a Keras program, to its first fit, or looks at MODEL (a file or folder of lamina fit) beside a TABLE.

    Says what is wrong: with the network; or with the columns, their values, the target, and the network on these rows. Exit code
    1 if anything is.
    """
    model = model_of(checked)
    if model is None:
        raise click.exceptions.Exit(check_script(checked, context.args, as_json))
    tables = [argument for argument in context.args if argument != "--json"]
    raise click.exceptions.Exit(check_model(model, tables, as_json or len(tables) < len(context.args)))


@app.command(epilog=_examples("lamina cache", "lamina cache --clear"))
@click.option("--clear", is_flag=True, help="Remove it.")
@in_one_line
def cache(clear: bool) -> None:
    """Shows the machine code that is kept for the next run of a program (extra fast)."""
    show_cache(clear)
