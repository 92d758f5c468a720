"""Calibration: samples go through a model, block after block, and each block is quantised by what its layers see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lamina import ops
from lamina.layers._base._calibrated import CalibratedProduct


def calibrate(
    config: Any, structure: Any, wanted: Callable[[Any], bool], quantize: Callable[[Any], bool], where: str
) -> list[Any]:
    """Applies `quantize` to the wanted layers inside the blocks, and returns those for which it gave False.

    Each block is calibrated by the outputs of the quantised ones before.
    """
    blocks = _blocks(structure, where)
    samples = _samples(config, where)
    size = config.calibration_batch_size
    batches: list[Any] = [ops.convert_to_tensor(samples[i : i + size]) for i in range(0, len(samples), size)]
    for layer in structure.get("pre_block_layers") or []:
        batches = [layer(batch) for batch in batches]
    left = []
    for block in blocks:
        layers = [layer for layer in block._flatten_layers() if isinstance(layer, CalibratedProduct) and wanted(layer)]
        with _watched(layers):
            for batch in batches:
                block(batch)
            left += [layer for layer in layers if not quantize(layer)]
        batches = [_first(block(batch)) for batch in batches]
    return left


@contextmanager
def _watched(layers: list[Any]) -> Iterator[None]:
    """Inside it the layers keep the statistics of what they are called on."""
    for layer in layers:
        layer._watch_inputs()
    try:
        yield
    finally:
        for layer in layers:
            layer._statistics = None


def _first(outputs: Any) -> Any:
    return outputs[0] if isinstance(outputs, (list, tuple)) else outputs


def _blocks(structure: Any, where: str) -> list[Any]:
    blocks = structure.get("sequential_blocks") if isinstance(structure, dict) else None
    if not blocks:
        raise ValueError(
            f"{where}: name the blocks to quantise, with quantization_layer_structure={{'pre_block_layers': [...], "
            f"'sequential_blocks': [...]}} of the config or get_quantization_layer_structure() of the model; got {structure!r}."
        )
    return list(blocks)


def _samples(config: Any, where: str) -> np.ndarray:
    """The samples, one a row: floats as they are given, tokens in windows of `sequence_length` spread over all of them."""
    dataset = config.dataset
    if dataset is None or isinstance(dataset, (str, bytes)) or not hasattr(dataset, "__iter__"):
        raise ValueError(f"{where}: dataset must be strings or arrays to calibrate by; got {dataset!r}.")
    entries = [_tokens(config.tokenizer, entry, where) if isinstance(entry, str) else entry for entry in dataset]
    arrays = [ops.convert_to_numpy(entry) for entry in entries]
    if not arrays:
        raise ValueError(f"{where}: dataset is empty; give samples to calibrate by.")
    if np.issubdtype(arrays[0].dtype, np.floating):
        return np.stack(arrays[: config.num_samples])
    tokens = np.concatenate([np.ravel(array) for array in arrays]).astype("int32")
    count, length = config.num_samples, config.sequence_length
    tokens = np.tile(tokens, -(-count * length // max(len(tokens), 1)))
    starts = np.linspace(0, len(tokens) - length, count).astype(int)
    return np.stack([tokens[start : start + length] for start in starts])


def _tokens(tokenizer: Any, text: str, where: str) -> Any:
    if tokenizer is None:
        raise ValueError(f"{where}: the dataset holds strings; give the config a tokenizer, or tokens.")
    return getattr(tokenizer, "tokenize", tokenizer)(text)
