"""`text_dataset_from_directory`: texts in folders by class."""

from typing import Any

from lamina._checks import check_positive_int
from lamina._public import public

from ._directory import Reader

_WHERE = "text_dataset_from_directory"


@public("utils.text_dataset_from_directory", "preprocessing.text_dataset_from_directory")
def text_dataset_from_directory(
    directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Any = None,
    batch_size: int | None = 32, max_length: int | None = None, shuffle: bool = True, seed: int | None = None,
    validation_split: float | None = None, subset: str | None = None, follow_links: bool = False, format: str = "tf",
    verbose: bool = True,
) -> Any:  # fmt: skip
    """A data set of the texts (`.txt`, UTF-8) below a folder, read by threads ahead of who needs them.

    Args:
        directory: folder whose folders are the classes.
        labels: "inferred" from the names of folders; or integers, one for each file in the order of their paths; or None.
        label_mode: "int" (int32), "binary" (float32, `(batch, 1)`, two classes), "categorical" (one-hot rows) or None.
        class_names: the folders that count, in this order.
        batch_size: texts in a batch; None for texts one by one.
        max_length: how many bytes of a text are kept; None for all.
        shuffle: whether files are mixed, anew each epoch; else they come in the order of their paths.
        seed: int that fixes the orders.
        validation_split, subset: fraction for validation, and which part: "training", "validation" or "both".
        follow_links: whether links to folders are followed.
        format: "tf" for a Dataset; "grain" for one of Grain's (extra `grain`).
        verbose: whether the number of files is printed.
    Returns: a Dataset of str arrays `(batch,)`, with labels beside them; it has `class_names` and `file_paths`. A list of
        two for `subset="both"`.
    Raises ValueError for arguments that do not fit and an empty folder; when it is read, for a file that is not in UTF-8,
        which it names.
    """
    if max_length is not None:
        check_positive_int(max_length, "max_length", _WHERE)

    def read(path: str) -> str:
        with open(path, "rb") as file:
            content = file.read() if max_length is None else file.read(max_length)
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            if max_length is not None and error.end == len(content) and error.reason == "unexpected end of data":
                return content[: error.start].decode()  # cut in the middle of a character
            raise ValueError(f"{_WHERE}: {path} is not text in UTF-8 ({error}).") from None

    reader = Reader(_WHERE, "texts", (".txt",), read, may_be_empty=True)
    return reader.datasets(
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
        format, verbose,
    )  # fmt: skip
