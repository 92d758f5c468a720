"""What goes wrong with files of models."""

from typing import Any

from lamina._public import public


@public("saving.ModelFileError")
class ModelFileError(ValueError):
    """A model file that cannot be used. The message names the file, the part of it and the reason.

    Attributes: `file`, `member` (None for the file as a whole), `reason`.
    """

    def __init__(self, file: Any, member: str | None, reason: str):
        self.file: str = str(file)
        self.member = member
        self.reason = reason
        super().__init__(f"{self.file}{f', {member!r}' if member else ''}: {reason}")


class ModelFileTypeError(ModelFileError, TypeError):
    """What the file describes cannot be made: a class lacks `from_config`, or does not take the config."""


class MissingModelFileError(ModelFileError, FileNotFoundError):
    """There is no such file."""

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"
