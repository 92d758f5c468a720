import math
import warnings
from typing import Any, Unpack

from lamina import _settings, initializers, ops
from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@public("layers.STFTSpectrogram")
class STFTSpectrogram(Layer):
    """Short-time Fourier transforms of signals, as a convolution whose kernels may be trained.

    Args:
        mode: "log", "magnitude", "psd" (power, of real signals), "real", "imag", "angle", or "stft" (real, then imaginary).
        frame_length: int, size of the window.
        frame_step: int, distance between windows; None: half the window.
        fft_length: int, size of the transform; None: the next power of two.
        window: name of a window of `scipy.signal.get_window`, a tensor, or None.
        periodic: whether the window is periodic rather than symmetric.
        scaling: "density", "spectrum" or None.
        padding: "valid" or "same".
        expand_dims: whether frequencies and channels are axes of their own.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, time, channels)`, floating; output `(batch, windows, channels · frequencies)`, or with `expand_dims`
    `(batch, windows, frequencies, channels)`; frequencies are `fft_length // 2 + 1`, twice that for "stft".
    Raises ValueError for other arguments, TypeError for integers.
    Example:
        >>> layers.STFTSpectrogram(frame_length=8)(ops.ones((2, 32, 1))).shape
        (2, 7, 5)
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        where = self._owner
        check_positive_int(frame_length, "frame_length", where)
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ValueError(f"{where}: frame_step must be 1 to frame_length={frame_length}; got {frame_step}.")
        if fft_length is not None and fft_length < frame_length:
            raise ValueError(f"{where}: fft_length must be at least frame_length={frame_length}; got {fft_length}.")
        if fft_length is not None and fft_length & -fft_length != fft_length:
            warnings.warn(f"{where}: fft_length should be a power of two; got {fft_length}.", stacklevel=2)
        check_one_of(mode, _MODES, "mode", where)
        check_one_of(scaling, ("density", "spectrum", None), "scaling", where)
        check_one_of(padding, ("valid", "same"), "padding", where)
        self.mode = mode
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.fft_length = fft_length
        self.window = window
        self.periodic = periodic
        self.scaling: Any = scaling
        self.padding = padding
        self.expand_dims = expand_dims
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=3)
        self._kernel("real")  # says now what is wrong with the window

    def _kernel(self, side: str) -> Any:
        return initializers.STFT(side, self.window, self.scaling, self.periodic)

    def build(self, input_shape: Any) -> None:
        length = self.fft_length or 2 ** math.ceil(math.log2(self.frame_length))
        shape = (self.frame_length, 1, length // 2 + 1)
        for side, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                kernel = self.add_weight(name=f"{side}_kernel", shape=shape, initializer=self._kernel(side))
                setattr(self, f"{side}_kernel", kernel)

    def call(self, inputs: TensorLike) -> Any:
        x = ops.convert_to_tensor(inputs)
        if "float" not in str(x.dtype):
            raise TypeError(f"{self._owner}: inputs must be floating; got dtype {x.dtype}.")
        x = x if self.data_format == "channels_first" else ops.swapaxes(x, 1, 2)
        return self._laid_out(self._told(x))

    def _told(self, x: Any) -> Any:
        """`(batch, channels, windows, frequencies)` of `(batch, channels, time)`."""
        if self.mode in ("real", "imag"):
            return self._transformed(x, getattr(self, f"{self.mode}_kernel"))
        real, imag = self._transformed(x, self.real_kernel), self._transformed(x, self.imag_kernel)
        if self.mode == "angle":
            return ops.arctan2(imag, real)
        if self.mode == "stft":
            return ops.concatenate([real, imag], axis=-1)
        power = ops.square(real) + ops.square(imag)
        if self.mode == "psd":
            # Negative frequencies are added to the positive; zero and the highest have none.
            return power + ops.pad(power[..., 1:-1], [[0, 0]] * 3 + [[1, 1]])
        least = _settings.epsilon()
        magnitude = ops.sqrt(ops.maximum(power, least))
        return magnitude if self.mode == "magnitude" else ops.log(ops.maximum(magnitude, least))

    def _transformed(self, x: Any, kernel: Any) -> Any:
        _, channels, time = x.shape
        step = self.frame_step or self.frame_length // 2
        rows = ops.reshape(x, (-1, time, 1))
        out = ops.conv(rows, ops.cast(kernel, x.dtype), strides=step, padding=self.padding, data_format="channels_last")
        return ops.reshape(out, (-1, channels, *out.shape[1:]))

    def _laid_out(self, x: Any) -> Any:
        first = self.data_format == "channels_first"
        if self.expand_dims:
            return x if first else ops.transpose(x, (0, 2, 3, 1))
        _, channels, windows, frequencies = x.shape
        if first:
            return ops.reshape(ops.swapaxes(x, 2, 3), (-1, channels * frequencies, windows))
        return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, windows, channels * frequencies))

    def get_config(self) -> dict[str, Any]:
        names = (
            "mode", "frame_length", "frame_step", "fft_length", "window", "periodic", "scaling", "padding", "expand_dims",
            "data_format",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
