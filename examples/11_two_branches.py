"""Two inputs, two outputs: a pair of digits, their sum and which is larger.

Learned:  a model with several inputs and outputs; one branch used twice (shared weights); a loss, a weight and a metric
          for each output, by name.
Data:     pairs made of MNIST digits: --data PATH to mnist.npz, else lamina.datasets.mnist fetches it once. With --quick:
          digits drawn here.
Time:     40 seconds on two cores; some seconds with --quick.
Expected: the sum right in 95 % of new pairs, the larger one in 97 % (with --quick 80 % and 90 %). Nobody tells the network
          what the digits are.
"""

import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _digits import as_images, drawn_digits, load
from _shared import parser, save_picture

import lamina
from lamina import layers


def reader() -> lamina.Sequential:
    """The branch: what is on one picture, as 32 numbers."""
    return lamina.Sequential(
        [
            lamina.Input((28, 28, 1)),
            layers.Conv2D(16, 5, strides=2, activation="relu"),
            layers.Conv2D(32, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
        ],
        name="reader",
    )


def build(rate: float) -> lamina.Model:
    first, second = lamina.Input((28, 28, 1), name="first"), lamina.Input((28, 28, 1), name="second")
    read = reader()
    both = layers.Concatenate()([read(first), read(second)])
    hidden = layers.Dense(64, activation="relu")(both)
    total = layers.Dense(19, activation="softmax", name="total")(hidden)
    larger = layers.Dense(1, activation="sigmoid", name="larger")(hidden)
    model = lamina.Model([first, second], {"total": total, "larger": larger})
    model.compile(
        optimizer=lamina.optimizers.Adam(rate),
        loss={"total": "sparse_categorical_crossentropy", "larger": "binary_crossentropy"},
        loss_weights={"total": 1.0, "larger": 0.5},
        metrics={"total": "accuracy", "larger": "accuracy"},
    )
    return model


def pairs(images: np.ndarray, labels: np.ndarray, count: int, seed: int):
    """Random pairs: the pictures, and the answers by output. `larger` is 1 where the first digit is the larger one."""
    places = np.random.default_rng(seed).integers(0, len(images), (2, count))
    a, b = labels[places].astype("int32")
    x = {"first": images[places[0]], "second": images[places[1]]}
    return x, {"total": a + b, "larger": (a > b).astype("float32")[:, None]}


def draw(x: dict, y: dict, answers: dict):
    figure, axes = plt.subplots(2, 6, figsize=(12, 3.6), layout="constrained")
    for i, panel in enumerate(axes.flat):
        panel.imshow(np.concatenate([x["first"][i, ..., 0], x["second"][i, ..., 0]], 1), cmap="gray_r")
        total, larger = answers["total"][i].argmax(), answers["larger"][i, 0]
        right = total == y["total"][i] and (larger > 0.5) == y["larger"][i, 0]
        panel.set_title(f"sum {total}, first larger: {larger:.0%}", fontsize=9, color="black" if right else "crimson")
        panel.set(xticks=(), yticks=())
    figure.suptitle("New pairs and both answers (red: one of them is wrong)")
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
    x, y = pairs(as_images(images), labels, 6_000 if quick else 60_000, seed=0)
    x_test, y_test = pairs(as_images(test_images), test_labels, 500 if quick else 10_000, seed=1)

    model = build(rate=2e-3)
    model.summary()
    model.fit(x, y, batch_size=64, epochs=8 if quick else 5, validation_data=(x_test, y_test), verbose=2)
    scores = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
    print(", ".join(f"{name} {value:.4f}" for name, value in scores.items()))
    picture = save_picture(draw(x_test, y_test, model.predict(x_test, verbose=0)), options.out, "11_two_branches.png")
    return {"total": scores["total_accuracy"], "larger": scores["larger_accuracy"], "picture": picture}


if __name__ == "__main__":
    main()
