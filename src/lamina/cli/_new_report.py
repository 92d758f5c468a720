"""`lamina report`: how a model does on rows that are new."""

from typing import Any

from lamina.tables._errors import TableError
from lamina.tables._output import check_new

from ._fitted import fitted_model
from ._options import stem_of


def report_on(model: str, table: Any, out: str | None, force: bool, encoding: str | None, memory: int | None) -> None:
    """Writes the report and says where it is. Raises TableError if it cannot be, or would overwrite a file."""
    path = out or stem_of(table) + "-report.html"
    check_new(path, force, model, table)
    try:
        fitted_model(model).report(path, table, encoding, memory)
    except OSError as error:
        raise TableError(f"--out {path}: cannot be written ({error.strerror or error}).") from None
    print(f"Wrote {path}.")
