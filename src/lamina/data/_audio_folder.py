"""`audio_dataset_from_directory`: sounds in folders by class."""

import wave
from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina._public import public

from ._dataset import Dataset
from ._directory import Reader
from ._stacking import padded_batches, stacked

_WHERE = "audio_dataset_from_directory"


@public("utils.audio_dataset_from_directory")
def audio_dataset_from_directory(
    directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Any = None,
    batch_size: int | None = 32, sampling_rate: int | None = None, output_sequence_length: int | None = None,
    ragged: bool = False, shuffle: bool = True, seed: int | None = None, validation_split: float | None = None,
    subset: str | None = None, follow_links: bool = False, verbose: bool = True, format: str = "tf",
) -> Any:  # fmt: skip
    """A data set of the sounds (`.wav`, PCM) below a folder, read by threads ahead of who needs them.

    Args:
        directory: folder whose folders are the classes.
        labels: "inferred" from the names of folders; or integers, one for each file in the order of their paths; or None.
        label_mode: "int" (int32), "binary" (float32, `(batch, 1)`, two classes), "categorical" (one-hot rows) or None.
        class_names: the folders that count, in this order.
        batch_size: sounds in a batch; None for sounds one by one.
        sampling_rate: in Hz, to which all are resampled; None leaves them.
        output_sequence_length: samples of each, cut or filled up with zeros; None for the longest of the batch.
        ragged: must be False.
        shuffle: whether files are mixed, anew each epoch; else they come in the order of their paths.
        seed: int that fixes the orders.
        validation_split, subset: fraction for validation, and which part: "training", "validation" or "both".
        follow_links: whether links to folders are followed.
        verbose: whether the number of files is printed.
        format: "tf" for a Dataset; "grain" for one of Grain's (extra `grain`).
    Returns: a Dataset of float32 sounds -1 ... 1, `(batch, samples, channels)`, with labels beside them; it has `class_names`
        and `file_paths`. A list of two for `subset="both"`.
    Raises ValueError for arguments that do not fit, an empty folder, an empty file; when it is read, for a file that is no
        PCM sound, which it names.
    """
    if ragged:
        raise ValueError(
            f"{_WHERE}: ragged=True is not supported, tensors are dense; without output_sequence_length, batches are "
            "filled up to the longest sound."
        )
    for name, value in (("sampling_rate", sampling_rate), ("output_sequence_length", output_sequence_length)):
        if value is not None:
            check_positive_int(value, name, _WHERE)

    def read(path: str) -> np.ndarray:
        sound, rate = read_wav(path)
        sound = sound if sampling_rate in (None, rate) else resampled(sound, round(len(sound) * sampling_rate / rate))
        return sound if output_sequence_length is None else of_length(sound, output_sequence_length)

    is_even = output_sequence_length is not None
    reader = Reader(
        _WHERE, "sounds", (".wav",), read, Dataset.batch if is_even else Dataset.padded_batch,
        stacked if is_even else _padded,
    )  # fmt: skip
    return reader.datasets(
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
        format, verbose,
    )  # fmt: skip


def _padded(elements: list[Any]) -> Any:
    return next(padded_batches(iter(elements), len(elements), None, None, False))


def read_wav(path: str) -> tuple[np.ndarray, int]:
    """The samples of a WAV file, float32 `(samples, channels)`, -1 ... 1, and their rate in Hz."""
    try:
        with wave.open(path, "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            content = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(
            f"{_WHERE}: {path} cannot be read as a WAV file of PCM ({error or 'it is cut off'})."
        ) from None
    content = content[: len(content) // (width * channels) * width * channels]
    return (_integers(content, width) / np.float32(1 << (8 * width - 1))).astype("float32").reshape(-1, channels), rate


def _integers(content: bytes, width: int) -> np.ndarray:
    if width == 1:
        return np.frombuffer(content, "uint8").astype("int32") - 128
    if width == 3:
        # Three bytes below a fourth of zeros, which the division by 256 takes away.
        padded = np.zeros((len(content) // 3, 4), "uint8")
        padded[:, 1:] = np.frombuffer(content, "uint8").reshape(-1, 3)
        return padded.view("<i4")[:, 0] // 256
    return np.frombuffer(content, f"<i{width}")


def resampled(sound: np.ndarray, count: int) -> np.ndarray:
    """`count` samples of the same duration, by its Fourier series: frequencies above the new range are left out."""
    spectrum = np.fft.rfft(sound, axis=0)
    kept = np.zeros((count // 2 + 1, sound.shape[1]), spectrum.dtype)
    shared = min(len(spectrum), len(kept))
    kept[:shared] = spectrum[:shared]
    if min(count, len(sound)) % 2 == 0 and count != len(sound):
        kept[shared - 1] *= 2 if count < len(sound) else 0.5  # the frequency at the edge stands for two
    return (np.fft.irfft(kept, count, axis=0) * (count / len(sound))).astype("float32")


def of_length(sound: np.ndarray, count: int) -> np.ndarray:
    """The first `count` samples, with zeros after a shorter sound."""
    cut = sound[:count]
    return np.pad(cut, ((0, count - len(cut)), (0, 0)))
