"""A transformer block reads sentences: "not bad at all" is praise.

Learned:  words and places as vectors, self-attention, residuals and layer normalisation; what a bag of words cannot see.
Data:     sentences made here from a small grammar, in which "not" turns the next judgement over. --data FILE.tsv reads
          yours instead: a label, a tab and a text on each line.
Time:     8 seconds on two cores; 5 with --quick.
Expected: more than 97 % of new sentences right, where the same words in a bag reach less than 85 %.
Source:   Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762.
"""

import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import layers, ops
from lamina.preprocessing.sequence import pad_sequences
from lamina.preprocessing.text import Tokenizer

THINGS = "film book meal hotel song game talk play soup story".split()
GOOD = "good great fine lovely clever funny tasty fresh warm bright".split()
BAD = "bad dull awful poor slow bland cold tired weak sad".split()
LENGTH = 20


def sentence(rng: np.random.Generator) -> tuple[str, int]:
    """Two judgements of one thing, both for or both against it; each may be said by its opposite and "not"."""
    praise = int(rng.integers(0, 2))
    parts = []
    for _ in range(2):
        turned = rng.random() < 0.5
        word = rng.choice(GOOD if praise != turned else BAD)
        filler = rng.choice(["", "very", "really", "quite", "so"])
        parts.append(f"{'not' if turned else ''} {filler} {word}")
    # As often as not "not" stands where it means nothing, so that counting it does not help.
    aside = rng.choice(["why not", "or not", "that day", "as they say", "if you ask me"])
    return " ".join(f"the {rng.choice(THINGS)} was {parts[0]} {aside} and {parts[1]}".split()), praise


def made_texts(count: int, seed: int) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    texts, labels = zip(*(sentence(rng) for _ in range(count)))
    return list(texts), np.array(labels)


def read_texts(path: pathlib.Path) -> tuple[list[str], np.ndarray]:
    rows = [line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    names = sorted({label for label, _ in rows})
    return [text for _, text in rows], np.array([names.index(label) for label, _ in rows])


class WordsAndPlaces(layers.Layer):
    """The vector of each word plus the vector of its place."""

    def __init__(self, words: int, length: int, size: int, **kwargs):
        super().__init__(**kwargs)
        self.words = layers.Embedding(words, size)
        self.places = layers.Embedding(length, size)

    def call(self, tokens):
        return self.words(tokens) + self.places(ops.arange(tokens.shape[-1]))


def transformer_block(x, heads: int, size: int, hidden: int):
    """Every word looks at every other, then each is worked on by itself; both add to what was there."""
    seen, weights = layers.MultiHeadAttention(heads, size // heads)(x, x, return_attention_scores=True)
    x = layers.LayerNormalization()(x + seen)
    worked = layers.Dense(size)(layers.Dense(hidden, activation="relu")(x))
    return layers.LayerNormalization()(x + worked), weights


def build(words: int, classes: int, size: int = 32) -> tuple[lamina.Model, lamina.Model]:
    """The classifier, and a model that shows the attention of its block `(batch, heads, words, words)`."""
    tokens = lamina.Input((LENGTH,), dtype="int32")
    x, weights = transformer_block(WordsAndPlaces(words, LENGTH, size)(tokens), heads=4, size=size, hidden=64)
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    return lamina.Model(tokens, layers.Dense(classes, activation="softmax")(x)), lamina.Model(tokens, weights)


def bag_of_words(words: int, classes: int) -> lamina.Sequential:
    return lamina.Sequential(
        [
            lamina.Input((LENGTH,), dtype="int32"),
            layers.Embedding(words, 32),
            layers.GlobalAveragePooling1D(),
            layers.Dense(64, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def draw(curves: dict, tokens: np.ndarray, attention: np.ndarray, tokenizer: Tokenizer):
    figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5), layout="constrained")
    for name, curve in curves.items():
        left.plot(range(1, len(curve) + 1), curve, "o-", label=name)
    left.set(title="Share of new sentences right", xlabel="epoch")
    left.legend()
    shown = tokens[tokens > 0]
    words = [tokenizer.index_word[i] for i in shown]
    right.imshow(attention.max(0)[-len(words) :, -len(words) :], cmap="magma")
    right.set(title="Which word looks at which (strongest head)", xticks=range(len(words)), yticks=range(len(words)))
    right.set_xticklabels(words, rotation=60, ha="right")
    right.set_yticklabels(words)
    return figure


def main(argv=None) -> dict:
    arguments = parser(__doc__)
    arguments.add_argument("--data", type=pathlib.Path, help="lines of label, tab, text")
    options = arguments.parse_args(argv)
    lamina.utils.set_random_seed(1)
    if options.data is not None:
        texts, labels = read_texts(options.data)
        order = np.random.default_rng(0).permutation(len(texts))
        texts, labels = [texts[i] for i in order], labels[order]
    else:
        texts, labels = made_texts(6_000 if options.quick else 10_000, seed=0)
    tokenizer = Tokenizer(num_words=5_000)
    cut = len(texts) * 4 // 5
    tokenizer.fit_on_texts(texts[:cut])
    tokens = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=LENGTH)
    words, classes = min(5_000, len(tokenizer.word_index) + 1), int(labels.max()) + 1

    transformer, looking = build(words, classes)
    curves = {}
    for name, model in (("transformer", transformer), ("bag of words", bag_of_words(words, classes))):
        model.compile(
            optimizer=lamina.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        history = model.fit(
            tokens[:cut], labels[:cut], batch_size=32, epochs=8, validation_data=(tokens[cut:], labels[cut:]), verbose=0
        ).history
        curves[name] = history["val_accuracy"]
        print(f"{name:12} {model.count_params():6} weights, new sentences right: {curves[name][-1]:.4f}")
    attention = looking.predict(tokens[cut : cut + 1], verbose=0)[0]
    print("shown:", texts[cut])
    picture = save_picture(draw(curves, tokens[cut], attention, tokenizer), options.out, "14_transformer.png")
    return {name: curve[-1] for name, curve in curves.items()} | {"picture": picture}


if __name__ == "__main__":
    main()
