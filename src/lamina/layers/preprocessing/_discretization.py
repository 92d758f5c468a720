from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_one_of, is_number
from lamina._public import public
from lamina._typing import DType, TensorLike

from .._base._layer import Layer
from .._base._specs import specs_of
from .._base._unsupported import refuse
from ._adapt import batches_of
from ._converts_weight import ConvertsWeight
from ._encode import encode, encoded_shape


@public("layers.Discretization")
class Discretization(ConvertsWeight, Layer):
    """Numbers as the index of the range they fall in.

    With boundaries `[0, 1, 2]` the ranges are `(-inf, 0) [0, 1) [1, 2) [2, inf)`, indices 0 to 3.

    Args:
        bin_boundaries: increasing numbers.
        num_bins: in place of boundaries: how many ranges of about equal frequency `adapt` shall find.
        epsilon: accepted for Keras's sake; the quantiles here are exact.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        sparse: must be False.

    Input `(batch, ...)` of numbers; output "int" of the same shape, int64, else floating with an axis of the ranges.

    Example:
        >>> layers.Discretization(bin_boundaries=[0.0, 1.0])([-1.0, 0.5, 3.0])
        Tensor([0, 1, 2])
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: Any = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: DType = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        if dtype is None:
            dtype = "int64" if output_mode == "int" else None
        super().__init__(name=name, dtype=dtype, **kwargs)
        refuse(self, sparse=sparse)
        check_one_of(output_mode, ("int", "one_hot", "multi_hot", "count"), "output_mode", self._owner)
        if (bin_boundaries is None) == (num_bins is None):
            raise ValueError(
                f"{self._owner}: give either bin_boundaries or num_bins; got {bin_boundaries!r} and {num_bins!r}."
            )
        if num_bins is not None and (not isinstance(num_bins, int) or num_bins < 0):
            raise ValueError(f"{self._owner}: num_bins must be a positive integer; got {num_bins!r}.")
        if bin_boundaries is not None and not all(map(is_number, bin_boundaries)):
            raise ValueError(f"{self._owner}: bin_boundaries must be a list of numbers; got {bin_boundaries!r}.")
        self.input_bin_boundaries: Any = None if bin_boundaries is None else list(bin_boundaries)
        self.bin_boundaries = self.input_bin_boundaries or []
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.output_mode = output_mode
        self.autocast = False
        self._build_at_init()

    @property
    def output_dtype(self) -> str:
        """The dtype of the outputs."""
        return self.compute_dtype

    def adapt(self, data: TensorLike, steps: Any = None) -> Any:
        """Learns the boundaries from data: the quantiles that cut it into `num_bins` ranges."""
        if self.num_bins is None:
            raise ValueError(f"{self._owner}: the boundaries were given; there is nothing to adapt.")
        values = np.concatenate([np.asarray(b, "float64").ravel() for b in batches_of(data, steps)])
        ordered = np.sort(values)
        # The smallest value that at least k/n of the data do not exceed, as Keras's summary gives.
        places = np.ceil(np.arange(1, self.num_bins) / self.num_bins * len(ordered)).astype(int) - 1
        self.bin_boundaries = [float(v) for v in ordered[places].astype("float32")]

    def _depth(self) -> int:
        return len(self.bin_boundaries) + 1 if self.input_bin_boundaries is not None else self.num_bins

    def call(self, inputs: TensorLike) -> Any:
        if self.num_bins is not None and not self.bin_boundaries and self.num_bins > 1:
            raise ValueError(f"{self._owner}: call adapt(data) first, or give bin_boundaries.")
        bins = np.asarray(self.bin_boundaries, "float32")
        indices = ops.digitize(inputs, bins)
        if self.output_mode == "int":
            return ops.cast(indices, self.compute_dtype)
        return encode(indices, self.output_mode, self._depth(), self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(tuple(input_shape), self.output_mode, self._depth())

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return specs_of(self.compute_output_shape(tuple(inputs.shape)), self.compute_dtype)

    def load_own_variables(self, store: Any) -> Any:
        if len(store.keys()) == 1:  # the boundaries that adapt found
            self.bin_boundaries: Any = [float(v) for v in np.asarray(store["0"])]
            return
        super().load_own_variables(store)

    def save_own_variables(self, store: Any) -> Any:
        if self.input_bin_boundaries is None:
            store["0"] = np.asarray(self.bin_boundaries, "float32")

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["trainable"]  # Keras's layer of this name does not take it
        return {
            **config,
            "bin_boundaries": self.input_bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": False,
        }
