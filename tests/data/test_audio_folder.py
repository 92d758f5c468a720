"""Sounds in folders by class."""

import struct
import wave

import numpy as np
import pytest

from lamina.data import _audio_folder
from lamina.utils import audio_dataset_from_directory

RNG = np.random.default_rng(0)


def write(path, samples, rate=8000, width=2):
    samples = np.asarray(samples)
    raw = {
        1: lambda: (samples + 128).astype("uint8").tobytes(),
        2: lambda: samples.astype("<i2").tobytes(),
        3: lambda: b"".join(struct.pack("<i", int(v))[:3] for v in samples.ravel()),
        4: lambda: samples.astype("<i4").tobytes(),
    }[width]()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(raw)


@pytest.fixture
def folder(tmp_path):
    for name, sizes in (("high", (5, 3)), ("low", (4,))):
        (tmp_path / name).mkdir()
        for i, size in enumerate(sizes):
            write(tmp_path / name / f"{i}.wav", np.full((size, 2), 16384 if name == "high" else -16384))
    return tmp_path


def test_filled_up_to_the_longest(folder):
    data = audio_dataset_from_directory(folder, shuffle=False, verbose=False)
    ((x, y),) = data
    assert x.shape == (3, 5, 2) and x.dtype == "float32" and y.tolist() == [0, 0, 1]
    assert x[:, :, 0].tolist() == [[0.5] * 5, [0.5] * 3 + [0, 0], [-0.5] * 4 + [0]]
    assert data.class_names == ["high", "low"] and len(data.file_paths) == 3


def test_of_one_length(folder):
    x, _ = next(iter(audio_dataset_from_directory(folder, output_sequence_length=4, shuffle=False, verbose=False)))
    assert x[:, :, 1].tolist() == [[0.5] * 4, [0.5] * 3 + [0], [-0.5] * 4]
    one = next(iter(audio_dataset_from_directory(folder, None, batch_size=None, shuffle=False, verbose=False)))
    assert one.shape == (5, 2)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width_of_pcm(tmp_path, width):
    top = 1 << (8 * width - 1)
    samples = np.array([[-top], [-1], [0], [1], [top - 1]], dtype="int64")
    write(tmp_path / "a.wav", samples, width=width, rate=11025)
    found, rate = _audio_folder.read_wav(str(tmp_path / "a.wav"))
    np.testing.assert_allclose(found, samples / top, rtol=1e-6)
    assert rate == 11025


@pytest.mark.parametrize("rate", [4000, 8000, 12000, 16000])
def test_resampled_tones_stay_tones(tmp_path, rate):
    (tmp_path / "a").mkdir()
    t = np.arange(800) / 8000
    write(tmp_path / "a" / "0.wav", (20000 * np.sin(2 * np.pi * 100 * t))[:, None])
    x = next(iter(audio_dataset_from_directory(tmp_path, None, sampling_rate=rate, verbose=False)))[0, :, 0]
    want = 20000 / 32768 * np.sin(2 * np.pi * 100 * np.arange(rate // 10) / rate)
    np.testing.assert_allclose(x, want, atol=1e-3)


def test_resampled_as_by_scipy():
    signal = pytest.importorskip("scipy.signal")
    for n in (16, 17):
        x = RNG.normal(size=(n, 2)).astype("float32")
        for count in (5, 8, 9, 16, 17, 30, 31):
            np.testing.assert_allclose(_audio_folder.resampled(x, count), signal.resample(x, count), atol=1e-5)


def test_files_that_are_no_sounds(folder):
    for name, content in (("a", b"nonsense"), ("b", b"RIFF\x10\0\0\0WAVEfmt ")):
        path = folder / "low" / f"{name}.wav"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=rf"low.{name}\.wav cannot be read as a WAV file of PCM"):
            list(audio_dataset_from_directory(folder, shuffle=False, verbose=False))
        path.unlink()
    (folder / "low" / "c.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"c\.wav is empty"):
        audio_dataset_from_directory(folder)


def test_bad_arguments(folder):
    with pytest.raises(ValueError, match="ragged=True is not supported"):
        audio_dataset_from_directory(folder, ragged=True)
    with pytest.raises(ValueError, match="sampling_rate must be a positive integer; got 1.5"):
        audio_dataset_from_directory(folder, sampling_rate=1.5)


def test_in_the_format_of_grain(folder):
    pytest.importorskip("grain")
    ((x, y),) = audio_dataset_from_directory(folder, shuffle=False, verbose=False, format="grain")
    assert np.asarray(x).shape == (3, 5, 2) and np.asarray(y).tolist() == [0, 0, 1]
