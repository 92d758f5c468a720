"""`losses.Reduction`, the names that TensorFlow 2 gave to the ways of reducing a loss."""

from typing import Any


class Reduction:
    """How the losses of a batch become one number; today each is the string that `reduction=` takes."""

    AUTO = "sum_over_batch_size"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    SUM = "sum"
    NONE = "none"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """The ways there are."""
        return (cls.SUM_OVER_BATCH_SIZE, cls.SUM, cls.NONE)

    @classmethod
    def validate(cls, key: str) -> None:
        """Raises ValueError unless `key` is one of `all()`."""
        if key not in cls.all():
            raise ValueError(f"Reduction: expected one of {', '.join(cls.all())}; got {key!r}.")


LOSSES: dict[str, Any] = {"Reduction": Reduction}
