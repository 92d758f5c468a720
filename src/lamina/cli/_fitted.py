"""A model that knows the table it was fitted to."""

from lamina.tables._errors import TableError
from lamina.tables._model import TableModel, load_table_model


def fitted_model(path: str) -> TableModel:
    """The model of a file that `lamina fit` wrote. Raises TableError for another model, ModelFileError for no model."""
    model = load_table_model(path)
    if model.columns is None:
        raise TableError(f"{path}: not written by lamina fit, and so knows nothing of columns and target.")
    return model
