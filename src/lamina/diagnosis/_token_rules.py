"""Rules on sequences of tokens: how they are looked up, padded and embedded."""

from collections.abc import Iterator

import numpy as np

from ._case import Call, Case
from ._network import kind, path_of, values_of
from ._rule import DATA, START, Rule, Seen, seen

_LOOKUPS = ("TextVectorization", "StringLookup", "IntegerLookup")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_FEWEST, _LONG = 32, 8  # tokens that tell, and steps after which a state has forgotten
_UNIFORM = 0.05  # what an Embedding begins with lies between this and its negative
_MANY = 64  # weights whose distribution can be told


def _embedded(case: Case) -> Iterator[Call]:
    """The calls of embeddings with the indices."""
    calls = [call for call in (*case.calls, *case.given) if kind(call.layer) == "Embedding"]
    for call in {call.path: call for call in reversed(calls)}.values():
        if call.inputs.dtype.kind in "iu" and call.inputs.size >= _FEWEST:
            yield call


def unknown_tokens(case: Case) -> Iterator[Seen]:
    for call in _embedded(case):
        before = case.network.sources.get(id(call.layer), [])
        lookup = before[0] if len(before) == 1 and kind(before[0]) in _LOOKUPS else None
        if lookup is None:
            continue
        first = 0 if getattr(lookup, "mask_token", "") is None else 1  # below it stands padding
        tokens = call.inputs[call.inputs >= first]
        unknown = float(np.mean(tokens < first + getattr(lookup, "num_oov_indices", 1))) if tokens.size else 0.0
        if unknown > 0.5:
            yield seen(
                path_of(lookup), f"{unknown:.0%} of the {tokens.size} tokens are not in the vocabulary of {lookup.name}, and "
                "are all embedded as one.", f"{lookup.name}.adapt(...) on the data, with a max_tokens that holds its tokens, or "
                "the vocabulary that belongs to it.", unknown=unknown, tokens=int(tokens.size),
            )  # fmt: skip


def padding_unmasked(case: Case) -> Iterator[Seen]:
    for call in _embedded(case):
        x = call.inputs
        follows = case.network.chain(call.layer)
        reader = next((layer for layer in follows if "Dropout" not in kind(layer)), None)
        if getattr(call.layer, "mask_zero", True) or x.ndim != 2 or kind(reader) not in _RECURRENT:
            continue
        if reader.return_sequences or reader.go_backwards:
            continue
        behind = np.argmax(x[:, ::-1] != 0, axis=1)[np.any(x != 0, axis=1)]  # how many zeros a row ends with
        typical = float(np.median(behind)) if len(behind) else 0.0
        if typical >= max(_LONG, x.shape[1] / 2):
            yield seen(
                path_of(reader), f"A typical row ends with {typical:.0f} of {x.shape[1]} steps that are 0, padding: what "
                f"{reader.name} gives is its state after these.", f"mask_zero=True in {call.layer.name}, or padding in front: "
                'pad_sequences(..., padding="pre").',
                padding=typical, steps=int(x.shape[1]),
            )  # fmt: skip


def frozen_embedding(case: Case) -> Iterator[Seen]:
    for layer in case.network.layers if case.network.trained else ():
        is_frozen = kind(layer) == "Embedding" and layer.built and id(layer) not in case.network.trained
        if not is_frozen or case.network.is_within(layer):
            continue
        values = values_of(layer.embeddings)
        is_drawn = (
            abs(values.std() / (_UNIFORM / 3**0.5) - 1) < 0.15 and 0.9 * _UNIFORM < np.abs(values).max() <= _UNIFORM
        )
        if values.size >= _MANY and is_drawn:
            yield seen(
                path_of(layer), f"{layer.name} is not trained, and its {len(values)} vectors are the random ones that it began "
                f"with.", f"trainable=True, or vectors that were trained elsewhere: {layer.name}.set_weights([vectors]).",
                vectors=len(values),
            )  # fmt: skip


_NET = """rng = np.random.default_rng(0)
x = rng.integers(1, 50, (256, 24))
{change}
y = (x[:, 0] > 25).astype(int)
model = lamina.Sequential([
    lamina.Input((24,), dtype="int32"), layers.Embedding(100, 8{options}), layers.LSTM(8), layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")"""
_LOOKED_UP = """rng = np.random.default_rng(0)
x = rng.integers(0, 50, (256, 6))
y = (x[:, 0] > 25).astype(int)
model = lamina.Sequential([
    lamina.Input((6,), dtype="int32"), layers.IntegerLookup(vocabulary={}), layers.Embedding(100, 8),
    layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")"""
_PADDED = "x[:, 6:] = 0"

RULES = (
    Rule(
        "unknown-tokens", DATA, "warning", "more than half of the tokens into an Embedding are not in the vocabulary of the "
        "lookup in front", unknown_tokens, "practice with texts", _LOOKED_UP.format("list(range(1000, 1050))"),
        _LOOKED_UP.format("list(range(45))"),
    ),
    Rule(
        "padding-unmasked", DATA, "warning", "sequences of which a typical one ends with padding for half of its length, 8 steps "
        "or more, into a recurrent layer whose last state counts, without a mask", padding_unmasked, "practice with texts",
        _NET.format(change=_PADDED, options=""), _NET.format(change=_PADDED, options=", mask_zero=True"),
    ),
    Rule(
        "frozen-embedding", START, "warning", "an Embedding that is not trained, beside layers that are, with the random vectors "
        "of the start", frozen_embedding, "practice with texts", _NET.format(change="", options=", trainable=False"),
        _NET.format(change="", options=', trainable=False, embeddings_initializer="glorot_uniform"'),
    ),
)  # fmt: skip
