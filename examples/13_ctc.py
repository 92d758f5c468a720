"""Lines of digits read by a recurrent network, without telling it where each digit stands.

Learned:  connectionist temporal classification (CTC): the network says a digit or "nothing" for every few columns; the
          loss sums over all ways in which that spells the line; decoding drops repetitions and blanks.
Data:     lines of 3 to 6 digits with random gaps, strung together from MNIST: --data PATH to mnist.npz, else
          lamina.datasets.mnist fetches it once. With --quick: digits drawn here.
Time:     3 to 4 minutes on two cores; 12 seconds with --quick.
Expected: about 2 of 100 digits wrong (edit distance) on lines of test digits; with --quick fewer than 15.
Source:   Graves et al., Connectionist Temporal Classification, ICML 2006.
"""

import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _digits import drawn_digits, load
from _shared import parser, save_picture

import lamina
from lamina import layers, ops

HEIGHT, WIDTH, LONGEST = 28, 168, 6
STRIDE = 4  # columns of the image that make one step


def lines(images: np.ndarray, labels: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images `(count, 28, 168, 1)` in 0 to 1, and digits + 1 `(count, 6)`, filled up with 0, which stands for nothing."""
    rng = np.random.default_rng(seed)
    pages = np.zeros((count, HEIGHT, WIDTH), "float32")
    texts = np.zeros((count, LONGEST), "int32")
    for page, text in zip(pages, texts):
        digits = rng.integers(0, len(images), rng.integers(3, LONGEST + 1))
        free = WIDTH - 22 * len(digits)
        at = rng.integers(0, free // 2 + 1)
        for k, i in enumerate(digits):
            page[:, at : at + 22] = images[i, :, 3:25]
            text[k] = labels[i] + 1
            at += 22 + rng.integers(0, free // (2 * len(digits)) + 1)
    return pages[..., None] / 255, texts


def build(rate: float) -> lamina.Model:
    """Convolutions that look at a few columns, then an LSTM in both directions along the line."""
    image = lamina.Input((HEIGHT, WIDTH, 1))
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(image)
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)  # (7, 42, 32)
    x = layers.Permute((2, 1, 3))(x)
    x = layers.Reshape((WIDTH // STRIDE, HEIGHT // STRIDE * 32))(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
    model = lamina.Model(image, layers.Dense(11)(x), name="line_reader")
    model.compile(optimizer=lamina.optimizers.Adam(rate, clipnorm=5.0), loss=lamina.losses.CTC())
    return model


def read(model: lamina.Model, pages: np.ndarray) -> tuple[list[list[int]], np.ndarray]:
    """The digits that the model reads on each page, and its scores `(pages, steps, 11)`."""
    scores = model.predict(pages, verbose=0)
    steps = np.full(len(pages), scores.shape[1], "int32")
    (best, *_), _ = ops.ctc_decode(scores, steps, strategy="greedy", mask_index=0)
    return [[int(label) - 1 for label in row if label > 0] for row in np.asarray(best)], scores


def edit_distance(a: list[int], b: list[int]) -> int:
    """How many digits must be changed, dropped or added to make `b` of `a`."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]


def draw(pages: np.ndarray, texts: list[list[int]], found: list[list[int]], scores: np.ndarray):
    figure, axes = plt.subplots(6, 1, figsize=(8, 9), layout="constrained")
    for i, (page, text, guess) in enumerate(zip(pages, texts, found)):
        if i == 5:
            break
        axes[i].imshow(page[..., 0], cmap="gray_r", aspect="auto")
        shown = " ".join(map(str, guess))
        axes[i].set_title(shown, color="black" if guess == text else "crimson", fontsize=11)
        axes[i].set(xticks=(), yticks=())
    chances = np.exp(scores[4] - scores[4].max(-1, keepdims=True))
    axes[5].imshow((chances / chances.sum(-1, keepdims=True)).T, aspect="auto", cmap="magma")
    axes[5].set(yticks=range(11), yticklabels=["-", *range(10)], xlabel="step along the line above it")
    return figure


def main(argv=None) -> dict:
    arguments = parser(__doc__)
    arguments.add_argument("--data", type=pathlib.Path, help="mnist.npz")
    options = arguments.parse_args(argv)
    lamina.utils.set_random_seed(0)
    quick = options.quick
    (images, labels), (test_images, test_labels) = load(options.data, quick)
    if quick and options.data is None:
        images, labels = drawn_digits(3000, seed=0)
    pages, texts = lines(images, labels, 800 if quick else 20_000, seed=0)
    test_pages, test_texts = lines(test_images, test_labels, 100 if quick else 2_000, seed=1)

    model = build(rate=3e-3 if quick else 2e-3)
    model.fit(
        pages, texts, batch_size=16 if quick else 64, epochs=8, validation_data=(test_pages, test_texts), verbose=2
    )
    found, scores = read(model, test_pages)
    wanted = [[int(label) - 1 for label in row if label] for row in test_texts]
    wrong = sum(map(edit_distance, wanted, found)) / sum(map(len, wanted))
    whole = float(np.mean([a == b for a, b in zip(wanted, found)]))
    print(f"digits wrong: {wrong:.2%}; lines right as a whole: {whole:.2%}")
    picture = save_picture(draw(test_pages, wanted, found, scores), options.out, "13_ctc.png")
    return {"wrong": wrong, "whole": whole, "picture": picture}


if __name__ == "__main__":
    main()
