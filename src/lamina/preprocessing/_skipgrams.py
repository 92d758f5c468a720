"""Pairs of words that stand near each other, for word vectors."""

import random
from typing import Any

import numpy as np

from lamina._public import public


@public("preprocessing.sequence.make_sampling_table")
def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """How likely a word is kept, by its rank in frequency: frequent words are drawn less often.

    min(1, sqrt(t / f)) with the sampling factor t and, by Zipf's law, the frequency
    f(rank) = 1 / (rank * (ln(rank) + gamma) + 1/2 - 1 / (12 rank)).

    Args:
        size: number of words.
        sampling_factor: the factor t of word2vec.
    Returns: probabilities `(size,)`; entry i belongs to the word of rank i (0 and 1 alike).
    Example:
        >>> preprocessing.sequence.make_sampling_table(3).shape
        (3,)

    Reference: Mikolov et al., Distributed Representations of Words and Phrases, 2013.
    """
    gamma = 0.577
    rank = np.arange(size)
    rank[:1] = 1
    inverse_frequency = rank * (np.log(rank) + gamma) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse_frequency))


@public("preprocessing.sequence.skipgrams")
def skipgrams(
    sequence: Any, vocabulary_size: int, window_size: int = 4, negative_samples: float = 1.0, shuffle: bool = True,
    categorical: bool = False, sampling_table: Any = None, seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:  # fmt: skip
    """Pairs (word, word near it), labelled 1, and pairs (word, word drawn at random), labelled 0.

    Args:
        sequence: list[Any] of word numbers; 0 is no word.
        vocabulary_size: one more than the largest number.
        window_size: how far apart the words of a pair may be.
        negative_samples: random pairs for each true one; 0 for none.
        shuffle: whether the pairs are mixed.
        categorical: whether labels are [0, 1] and [1, 0].
        sampling_table: probabilities of keeping a word, from `make_sampling_table`.
        seed: fixes the draws.
    Returns: pairs and labels, lists.
    Example:
        >>> pairs, labels = preprocessing.sequence.skipgrams([1, 2, 3], vocabulary_size=4, window_size=1, negative_samples=0)
        >>> sorted(pairs)
        [[1, 2], [2, 1], [2, 3], [3, 2]]
    """
    rng = random.Random(seed)
    pairs: list[list[int]] = []
    for i, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < rng.random()):
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                pairs.append([word, sequence[j]])
    true, false = ([0, 1], [1, 0]) if categorical else (1, 0)
    labels: list[Any] = [true] * len(pairs)
    count = int(len(pairs) * negative_samples)
    if count:
        words = [word for word, _ in pairs]
        rng.shuffle(words)
        pairs += [[words[i % len(words)], rng.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [false] * count
    if shuffle:
        order = list(range(len(pairs)))
        rng.shuffle(order)
        pairs, labels = [pairs[i] for i in order], [labels[i] for i in order]
    return pairs, labels
