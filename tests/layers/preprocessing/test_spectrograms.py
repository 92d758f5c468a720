"""Spectrograms by their definitions, and beside Keras."""

import numpy as np
import pytest

from lamina import layers, models, ops

X = np.random.default_rng(0).normal(size=(2, 100, 3)).astype("float32")


def spectra(x, length, step, size):
    """Fourier transforms of frames of `(batch, time, channels)`, `(batch, windows, frequencies, channels)`."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / (length - 1))
    starts = range(0, x.shape[1] - length + 1, step)
    frames = np.stack([x[:, s : s + length] * window[:, None] for s in starts], 1)
    return np.fft.rfft(frames, size, axis=2)


def test_stft_modes():
    pytest.importorskip("scipy")
    want = spectra(X, 20, 7, 32)
    for mode, value in {
        "real": want.real, "imag": want.imag, "magnitude": np.abs(want), "log": np.log(np.abs(want)),
        "stft": np.concatenate([want.real, want.imag], 2),
        "psd": np.abs(want) ** 2 * np.array([1] + [2] * 15 + [1])[:, None],
    }.items():  # fmt: skip
        layer = layers.STFTSpectrogram(mode, 20, 7, 32, scaling=None, expand_dims=True)
        got = np.asarray(ops.convert_to_numpy(layer(X)))
        np.testing.assert_allclose(got, value, atol=1e-3 * (10 if mode == "log" else 1), rtol=1e-3, err_msg=mode)
        flat = layers.STFTSpectrogram(mode, 20, 7, 32, scaling=None)(X)
        np.testing.assert_allclose(flat, np.moveaxis(got, 3, 2).reshape(2, 12, -1), atol=1e-5)
        first = layers.STFTSpectrogram(mode, 20, 7, 32, scaling=None, data_format="channels_first")(X.swapaxes(1, 2))
        np.testing.assert_allclose(ops.swapaxes(first, 1, 2), flat, atol=1e-5)


def test_stft_is_trained():
    pytest.importorskip("scipy")
    model = models.Sequential([layers.Input((100, 3)), layers.STFTSpectrogram(frame_length=16), layers.Flatten()])
    model.compile("sgd", "mse")
    before = np.array(model.weights[0])
    model.fit(X, np.zeros(model.predict(X, verbose=0).shape), verbose=0)
    assert not np.array_equal(before, np.array(model.weights[0]))


def test_mel_of_a_tone_is_in_its_band():
    time = np.arange(4000) / 8000
    layer = layers.MelSpectrogram(512, 128, sampling_rate=8000, num_mel_bins=30, min_freq=100, max_freq=3900)
    edges = 700 * (np.exp(np.linspace(*(1127 * np.log(1 + np.array([100, 3900]) / 700)), 32) / 1127) - 1)
    for band in (5, 15, 25):
        tone = np.sin(2 * np.pi * edges[band + 1] * time).astype("float32")
        got = np.array(ops.convert_to_numpy(layer(tone)))
        assert got.shape == (30, 32)
        assert (got[:, 4:-4].argmax(0) == band).all()
        assert got.max() - got.min() <= 80.001
    flat = layers.MelSpectrogram(512, 128, power_to_db=False)(np.stack([tone, 2 * tone]))
    np.testing.assert_allclose(flat[1], 4 * ops.convert_to_numpy(flat[0]), rtol=1e-3)


@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("STFTSpectrogram", {"mode": "odd"}, "mode must be one of"),
        ("STFTSpectrogram", {"frame_step": 300}, "frame_step must be 1 to frame_length=256"),
        ("STFTSpectrogram", {"fft_length": 128}, "fft_length must be at least"),
        ("STFTSpectrogram", {"scaling": "odd"}, "scaling must be one of"),
        ("STFTSpectrogram", {"padding": "odd"}, "padding must be one of"),
        ("MelSpectrogram", {"fft_length": 64, "sequence_length": 128}, "fft_length must be at least"),
        ("MelSpectrogram", {"num_mel_bins": 0}, "num_mel_bins must be a positive integer"),
    ],
)
def test_wrong_arguments(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(**arguments)


@pytest.mark.peer
def test_peer():
    keras = pytest.importorskip("keras")
    for arguments in ({}, {"mode": "psd", "padding": "same", "scaling": "spectrum", "window": "hamming"}):
        arguments = {"frame_length": 24, "frame_step": 5, **arguments}
        theirs, ours = keras.layers.STFTSpectrogram(**arguments), layers.STFTSpectrogram(**arguments)
        np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-3, atol=1e-4)
        assert layers.STFTSpectrogram.from_config(theirs.get_config()).get_config() == {
            **theirs.get_config(), "dtype": ours.get_config()["dtype"]
        }  # fmt: skip
    for arguments in ({}, {"mag_exp": 1.0, "power_to_db": False, "sequence_length": 32}):
        arguments = {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 12, **arguments}
        theirs, ours = keras.layers.MelSpectrogram(**arguments), layers.MelSpectrogram(**arguments)
        np.testing.assert_allclose(ours(X[..., 0]), theirs(X[..., 0]), rtol=1e-4, atol=1e-3)
        keras.layers.MelSpectrogram.from_config({k: v for k, v in ours.get_config().items() if k != "dtype"})
