from lamina import tree
from lamina._public import public

from .._base._layer import Layer
from .._base._specs import keep_dtype


@public("layers.Identity")
class Identity(Layer):
    """Gives its input back, unchanged.

    Example:
        >>> layers.Identity()([1.0, 2.0])
        Tensor([1., 2.], dtype=float32)
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def compute_output_spec(self, inputs):
        return tree.map_structure(lambda x: keep_dtype(self, x), inputs)
