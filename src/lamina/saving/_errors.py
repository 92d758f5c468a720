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


# What classes say to a config that is not theirs.
MALFORMED = (
    ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError, MemoryError, NotImplementedError,
)  # fmt: skip
_WORDS: dict[type[BaseException], str] = {
    RecursionError: "nested too deeply.",
    MemoryError: "describes more than there is memory for.",
}


def told(error: BaseException) -> str:
    """The reason in words, for errors that have none or have Python's own."""
    if type(error) in _WORDS:
        return _WORDS[type(error)]
    return f"lacks {error}." if isinstance(error, KeyError) else str(error) or f"malformed ({type(error).__name__})."


class ModelFileTypeError(ModelFileError, TypeError):
    """What the file describes cannot be made: a class lacks `from_config`, or does not take the config."""


class MissingModelFileError(ModelFileError, FileNotFoundError):
    """There is no such file."""

    def __str__(self) -> str:
        return f"{self.file}{f', {self.member!r}' if self.member else ''}: {self.reason}"
