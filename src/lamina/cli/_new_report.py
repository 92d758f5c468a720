"""`lamina report`: how a model does on rows that are new."""

import os

from lamina.tables._errors import TableError
from lamina.tables._output import check_new

from ._fitted import fitted_model


def report_on(model: str, table: str, out: str | None, force: bool, encoding: str | None) -> None:
    """Writes the report and says where it is. Raises TableError if it cannot be, or would overwrite a file."""
    path = out or os.path.splitext(os.path.basename(table))[0] + "-report.html"
    check_new(path, force)
    try:
        fitted_model(model).report(path, table, encoding)
    except OSError as error:
        raise TableError(f"--out {path}: cannot be written ({error.strerror or error}).") from None
    print(f"Wrote {path}.")
