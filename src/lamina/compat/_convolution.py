"""`Convolution2D(32, 3, 3)` and its kin, as Keras 1 and 2 read them: the sizes of the kernel one by one."""

from typing import Any

from lamina import layers
from lamina._deprecation import warn_once


def _with_kernel_tuple(class_name: str, rank: int) -> Any:
    def make(*args: Any, **kwargs: Any) -> Any:
        if rank > 1 and len(args) == 1 + rank and all(isinstance(size, int) for size in args):
            warn_once(
                f"{class_name}.positional",
                f"{class_name}{args}: sizes of the kernel one by one are of Keras 1; write {args[0]}, {args[1:]}.",
            )
            args = (args[0], args[1:])
        if class_name.endswith("Transpose") and kwargs.pop("output_shape", None) is not None:
            warn_once(
                f"{class_name}.output_shape",
                f"{class_name}: output_shape= is of Keras 1 and is not looked at: it follows from the other arguments, and "
                "output_padding settles what strides leave open.",
            )
        return getattr(layers, class_name)(*args, **kwargs)

    make.__name__ = make.__qualname__ = class_name.replace("Conv", "Convolution")
    make.__doc__ = f"`layers.{class_name}`, with its kernel's sizes as a tuple or one by one."
    return make


# `Conv2D` and the others keep the meaning of today, in which a third number is the stride.
FUNCTIONS = {
    "Convolution2D": _with_kernel_tuple("Conv2D", 2),
    "Convolution3D": _with_kernel_tuple("Conv3D", 3),
    "SeparableConvolution2D": _with_kernel_tuple("SeparableConv2D", 2),
    "Deconvolution2D": _with_kernel_tuple("Conv2DTranspose", 2),
    "Deconvolution3D": _with_kernel_tuple("Conv3DTranspose", 3),
    "AtrousConvolution1D": _with_kernel_tuple("Conv1D", 1),
    "AtrousConvolution2D": _with_kernel_tuple("Conv2D", 2),
}
