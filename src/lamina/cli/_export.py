"""`lamina export`: a model file as one that runs without lamina."""

import os

from lamina.engines import set_engine
from lamina.export import ExportError
from lamina.export._formats import format_named, target_path, write_format
from lamina.tables._apart import check_apart
from lamina.tables._model import load_table_model


def export_file(model: str, format: str, out: str | None, check: bool | None, force: bool) -> None:
    """Writes MODEL in a format, beside it unless `out` says where, and prints what was written and how it was checked.

    Raises ExportError for what the format cannot hold, and for a file that is there already unless `force`; TableError for the
    model's own.
    """
    try:
        set_engine("native")  # programs of the native engine are what is written
    except RuntimeError as error:
        raise ExportError(str(error)) from None
    suffix = format_named(format).suffix
    try:
        path = target_path(out or os.path.splitext(model)[0], suffix)
    except ValueError as error:
        raise ExportError(str(error)) from None
    check_apart(path, model)
    if os.path.exists(path) and not force:
        raise ExportError(f"{path} exists already; choose another name with --out, or overwrite it with --force.")
    exported = load_table_model(model).exported()
    try:
        paths = write_format(format, exported, path, {} if check is None else {"check": check})
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error}).") from None
    print(f"Wrote {', '.join(paths)}.")
    if exported.difference is not None:
        print(f"Run beside the model on made-up rows: the largest difference is {exported.difference:.1e}.")
    elif check is None:
        print("Not checked: what runs it is not installed here.")
