from typing import Any, Unpack

from lamina import _settings, ops
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike
from lamina.layers.core._wrapper import Wrapper

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec


@public("layers.SpectralNormalization")
class SpectralNormalization(Wrapper):
    """Keeps the largest singular value of a layer's kernel at 1, which steadies the training of GANs.

    In training, the kernel, as a matrix with the output features as columns, is divided by the singular value that
    power iteration finds, before the layer is called; the vector of the iteration is kept from call to call.

    Args:
        layer: a layer with a `kernel` (Dense, Conv2D, ...) or `embeddings`.
        power_iterations: number of iterations a call.

    Input and output are those of the layer inside, such as `(batch, features)` and `(batch, units)`.

    Example:
        >>> layers.SpectralNormalization(layers.Dense(3))(ops.ones((2, 4))).shape
        (2, 3)

    Reference: Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018, arXiv:1802.05957
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Unpack[LayerArguments]):
        check_positive_int(power_iterations, "power_iterations", type(self).__name__)
        super().__init__(layer, **kwargs)
        self.power_iterations = power_iterations

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})
        self.kernel = getattr(self.layer, "kernel", None)
        if self.kernel is None:
            self.kernel = getattr(self.layer, "embeddings", None)
        if self.kernel is None:
            raise ValueError(f"{self._owner}: {type(self.layer).__name__} has neither a kernel nor embeddings.")
        self.vector_u: Any = self.add_weight(
            name="vector_u",
            shape=(1, self.kernel.shape[-1]),
            initializer={"class_name": "TruncatedNormal", "config": {"stddev": 0.02}},
            trainable=False,
            dtype=self.kernel.dtype,
        )

    def call(self, inputs: TensorLike, training: bool | None = False) -> Any:
        if training:
            vector, kernel = self.normalized_weights()
            self.vector_u.assign(vector)
            self.kernel.assign(kernel)
        outputs = self.layer(inputs)
        return ops.cast(outputs, self.compute_dtype)

    def normalized_weights(self) -> tuple[Any, Any]:
        """The next vector of the iteration and the kernel divided by its singular value; a kernel of zeros stays."""
        kernel = self.kernel.value
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        fixed, u = ops.stop_gradient(matrix), ops.stop_gradient(self.vector_u.value)
        for _ in range(self.power_iterations):
            v = _unit(ops.matmul(u, ops.transpose(fixed)))
            u = _unit(ops.matmul(v, fixed))
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        is_zero = ops.all(ops.equal(fixed, 0))
        sigma = ops.where(is_zero, ops.ones_like(sigma), sigma)
        return ops.where(is_zero, self.vector_u.value, u), ops.divide(kernel, ops.reshape(sigma, ()))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power_iterations": self.power_iterations}


def _unit(x: Any) -> Any:
    return ops.divide(x, ops.maximum(ops.sqrt(ops.sum(ops.square(x))), _settings.epsilon()))
