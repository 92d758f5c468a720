from typing import Any, Unpack

import numpy as np

from lamina import ops
from lamina._checks import check_each, check_positive, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike
from lamina.variables import take_room

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._converts_weight import ConvertsWeight


def _mel(hertz: Any) -> Any:
    return 1127.0 * np.log(1.0 + np.asarray(hertz, "float64") / 700.0)


@public("layers.MelSpectrogram")
class MelSpectrogram(ConvertsWeight, Layer):
    """Sound as its strength over time in bands that are as far apart as they sound.

    The magnitudes of the short-time Fourier transform, to the power `mag_exp`, are added up in triangular bands that lie evenly
    on the mel scale, `1127 ln(1 + f / 700)`; then told in decibels.

    Args:
        fft_length: int, size of the transform.
        sequence_stride: int, distance between windows.
        sequence_length: int, size of the window; None: `fft_length`.
        window: "hann", "hamming", a tensor `(sequence_length,)`, or None.
        sampling_rate: samples a second.
        num_mel_bins: int, how many bands.
        min_freq, max_freq: where the first begins and the last ends, in hertz; None: half the sampling rate.
        power_to_db: whether the result is in decibels.
        top_db: how far below the greatest the least may be.
        mag_exp: the power of the magnitudes, 1 for magnitude, 2 for power.
        min_power: the least power that counts.
        ref_power: the power that is zero decibels.

    Input `(time,)` or `(batch, time)`; output `(num_mel_bins, windows)` or `(batch, num_mel_bins, windows)`.
    Example:
        >>> layers.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=8)(ops.ones((2, 320))).shape
        (2, 8, 11)

    Reference: Stevens, Volkmann & Newman, A Scale for the Measurement of Pitch, 1937.
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        sequence_length = sequence_length or fft_length
        check_each(
            check_positive_int, self._owner, fft_length=fft_length, sequence_stride=sequence_stride,
            sequence_length=sequence_length, num_mel_bins=num_mel_bins,
        )  # fmt: skip
        check_positive(sampling_rate, "sampling_rate", self._owner)
        if fft_length < sequence_length:
            raise ValueError(
                f"{self._owner}: fft_length must be at least sequence_length={sequence_length}; got {fft_length}."
            )
        take_room(
            f"{self._owner} with {fft_length} frequencies and {num_mel_bins} bands", 32 * fft_length * num_mel_bins
        )
        self.fft_length = fft_length
        self.sequence_stride = sequence_stride
        self.sequence_length: int = sequence_length
        self.window = window
        self.sampling_rate = sampling_rate
        self.num_mel_bins = num_mel_bins
        self.min_freq = min_freq
        self.max_freq: Any = max_freq or int(sampling_rate / 2)
        self.power_to_db = power_to_db
        self.top_db = top_db
        self.mag_exp = mag_exp
        self.min_power = min_power
        self.ref_power = ref_power
        self._build_at_init()

    def call(self, inputs: TensorLike) -> Any:
        dtype = self.compute_dtype if self.compute_dtype in ("float32", "float64") else "float32"
        real, imag = ops.stft(
            ops.cast(inputs, dtype),
            self.sequence_length,
            self.sequence_stride,
            self.fft_length,
            self.window,
            center=True,
        )
        power = ops.power(ops.sqrt(ops.square(real) + ops.square(imag)), self.mag_exp)
        bands = self.linear_to_mel_weight_matrix(
            self.num_mel_bins, power.shape[-1], self.sampling_rate, self.min_freq, self.max_freq
        )
        mel = ops.matmul(power, ops.cast(bands, dtype))
        return ops.cast(ops.swapaxes(self._decibels(mel) if self.power_to_db else mel, -1, -2), self.compute_dtype)

    def _decibels(self, power: Any) -> Any:
        reference = float(10.0 * np.log10(max(abs(self.ref_power), self.min_power)))
        log = 10.0 * ops.log10(ops.maximum(power, self.min_power)) - reference
        return ops.maximum(log, ops.max(log, initial=-np.inf) - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins: int = 20,
        num_spectrogram_bins: int = 129,
        sampling_rate: float = 8000,
        lower_edge_hertz: float = 125.0,
        upper_edge_hertz: float = 3800.0,
        dtype: str = "float32",
    ) -> Any:
        """How much each frequency counts in each band, `(num_spectrogram_bins, num_mel_bins)`; zero hertz counts nowhere."""
        frequencies = _mel(np.linspace(0.0, sampling_rate / 2.0, num_spectrogram_bins))[:, None]
        edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2)
        low, middle, high = edges[:-2], edges[1:-1], edges[2:]
        rising, falling = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
        weights = np.maximum(0.0, np.minimum(rising, falling))
        weights[0] = 0.0
        return ops.convert_to_tensor(weights.astype(dtype))

    def get_config(self) -> dict[str, Any]:
        names = (
            "fft_length", "sequence_stride", "sequence_length", "window", "sampling_rate", "num_mel_bins", "min_freq",
            "max_freq", "power_to_db", "top_db", "mag_exp", "min_power", "ref_power",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
