"""Handwritten digits for the examples: MNIST from a file, or digits drawn from a font of 5x7 dots."""

import pathlib

import numpy as np

import lamina

FONT = """
.###. ..#.. .###. .###. ...#. ##### .###. ##### .###. .###.
#...# .##.. #...# #...# ..##. #.... #.... ....# #...# #...#
#..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ...#. ..##. #..#. ....# ####. ..#.. .###. .####
##..# ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....#
#...# ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ....#
.###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .###.
"""


def drawn_digits(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Digits of the font, three pixels a dot, shifted by up to 3 pixels, with noise: `(count, 28, 28)` uint8 and labels."""
    rows = [line.split() for line in FONT.split("\n") if line]
    dots = np.array([[[c == "#" for c in row[digit]] for row in rows] for digit in range(10)])
    large = dots.repeat(3, axis=1).repeat(3, axis=2)  # 21 x 15
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    images = rng.uniform(0, 90, (count, 28, 28))
    for image, label in zip(images, labels):
        top, left = rng.integers(1, 7), rng.integers(4, 10)
        image[top : top + 21, left : left + 15] += large[label] * rng.uniform(120, 165)
    return images.astype("uint8"), labels.astype("uint8")


def load(path: pathlib.Path | None, quick: bool):
    """(images, labels) to train on, (images, labels) to test on: from the file, drawn with `quick`, else MNIST."""
    if path is not None:
        with np.load(path, allow_pickle=False) as file:
            return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
    if quick:
        return drawn_digits(1500, seed=0), drawn_digits(300, seed=1)
    return lamina.datasets.mnist.load_data()


def as_images(images: np.ndarray) -> np.ndarray:
    """`(n, 28, 28)` uint8 as `(n, 28, 28, 1)` float32 in 0 to 1."""
    return images[..., None].astype("float32") / 255
