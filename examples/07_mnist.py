"""Handwritten digits by a perceptron with one hidden layer.

Learned:  the whole way: pixels to numbers, a network, training, a test on digits never seen.
Data:     MNIST, 70,000 digits of 28x28: --data PATH to mnist.npz (arrays x_train, y_train, x_test, y_test), else
          lamina.datasets.mnist, which fetches it once. With --quick: digits drawn here from a font of 5x7 dots.
Time:     10 to 20 seconds on two cores; 2 with --quick.
Expected: about 98 % of the test digits right after 5 epochs (with --quick more than 90 % of the drawn ones).
"""

import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _digits import load
from _shared import parser, save_picture

import lamina
from lamina import layers


def build(hidden: int) -> lamina.Sequential:
    model = lamina.Sequential(
        [
            lamina.Input((784,)),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def draw(history: dict, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray):
    """Learning curves, and test digits: eight as they come, then those that the model got wrong."""
    guess = probabilities.argmax(1)
    wrong = np.flatnonzero(guess != labels)[:8]
    shown = [*range(8), *wrong]
    shown += [i for i in range(8, len(labels)) if i not in shown][: 16 - len(shown)]
    figure = plt.figure(figsize=(12, 5.2), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.15))
    loss, accuracy = left.subplots(2, 1, sharex=True)
    epochs = np.arange(1, len(history["loss"]) + 1)
    for axes, name in ((loss, "loss"), (accuracy, "accuracy")):
        axes.plot(epochs, history[name], "o-", label="training")
        axes.plot(epochs, history[f"val_{name}"], "s--", label="test")
        axes.set_ylabel(name)
        axes.legend()
    loss.set_title("Learning curves")
    accuracy.set(xlabel="epoch", xticks=epochs)
    right.suptitle("Test digits: the answer, its probability; red: wrong (and what is right)", fontsize=11)
    for axes, i in zip(right.subplots(4, 4).flat, shown):
        axes.imshow(images[i], cmap="gray_r")
        right_answer = guess[i] == labels[i]
        title = f"{guess[i]}, {probabilities[i].max():.0%}" + ("" if right_answer else f" (is {labels[i]})")
        axes.set_title(title, fontsize=9, color="black" if right_answer else "crimson")
        axes.set(xticks=(), yticks=())
    return figure


def main(argv=None) -> dict:
    arguments = parser(__doc__)
    arguments.add_argument("--data", type=pathlib.Path, help="mnist.npz")
    arguments.add_argument("--seed", type=int, default=0)
    options = arguments.parse_args(argv)
    lamina.utils.set_random_seed(options.seed)
    (images, labels), (test_images, test_labels) = load(options.data, options.quick)
    x, x_test = (a.reshape(-1, 784).astype("float32") / 255 for a in (images, test_images))
    t, t_test = (lamina.utils.to_categorical(a, 10) for a in (labels, test_labels))

    model = build(hidden=64 if options.quick else 512)
    history = model.fit(
        x, t, batch_size=32 if options.quick else 128, epochs=5, validation_data=(x_test, t_test), verbose=2
    ).history
    loss, accuracy = model.evaluate(x_test, t_test, verbose=0)
    print(f"test: loss {loss:.4f}, accuracy {accuracy:.4f}")
    figure = draw(history, test_images, test_labels, model.predict(x_test, verbose=0))
    return {
        "accuracy": float(accuracy),
        "history": history,
        "picture": save_picture(figure, options.out, "07_mnist.png"),
    }


if __name__ == "__main__":
    main()
