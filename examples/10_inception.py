"""An Inception block: four views of one image side by side, as a functional model.

Learned:  a graph of layers that forks and joins: 1x1, 3x3 and 5x5 convolutions and pooling over the same input; 1x1
          convolutions that make an expensive layer cheap.
Data:     MNIST: --data PATH to mnist.npz, else lamina.datasets.mnist fetches it once. With --quick: digits drawn here.
Time:     4 minutes on two cores; some seconds with --quick.
Expected: the block needs a sixth of the weights and arithmetic of one 5x5 convolution as wide; about 97 % of
          the test digits right after 3 epochs (with --quick more than 85 % of the drawn ones).
Source:   Szegedy et al., Going Deeper with Convolutions, 2014, arXiv:1409.4842.
"""

import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _digits import as_images, load
from _shared import parser, save_picture

import lamina
from lamina import layers


def conv(x, filters: int, size: int):
    return layers.Conv2D(filters, size, padding="same", activation="relu")(x)


def inception(x, single: int, narrow3: int, wide3: int, narrow5: int, wide5: int, pooled: int):
    """Four branches joined along the channels; each large window sees few channels, thanks to a 1x1 before it."""
    branches = [
        conv(x, single, 1),
        conv(conv(x, narrow3, 1), wide3, 3),
        conv(conv(x, narrow5, 1), wide5, 5),
        conv(layers.MaxPooling2D(3, strides=1, padding="same")(x), pooled, 1),
    ]
    return layers.Concatenate()(branches)


def build() -> lamina.Model:
    image = lamina.Input((28, 28, 1))
    x = layers.MaxPooling2D()(conv(image, 32, 3))
    x = inception(x, 16, 16, 32, 8, 16, 16)
    x = layers.MaxPooling2D()(x)
    x = inception(x, 24, 24, 48, 8, 16, 16)
    x = layers.GlobalAveragePooling2D()(x)
    return lamina.Model(image, layers.Dense(10, activation="softmax")(x), name="inception")


def weights_of_block() -> tuple[int, int]:
    """Weights of the first block, and of one 5x5 convolution that gives as many channels."""
    image = lamina.Input((14, 14, 32))
    block = lamina.Model(image, inception(image, 16, 16, 32, 8, 16, 16))
    single = lamina.Model(image, conv(image, block.output_shape[-1], 5))
    return block.count_params(), single.count_params()


def draw(history: dict, model: lamina.Model, image: np.ndarray):
    """The learning curve, and one channel of each branch of the first block."""
    join = next(layer for layer in model.layers if isinstance(layer, layers.Concatenate))
    views = lamina.Model(model.inputs, join.output).predict(image[None], verbose=0)[0]
    figure, axes = plt.subplots(1, 6, figsize=(14, 3.8), layout="constrained", width_ratios=(2, 1, 1, 1, 1, 1))
    for name in ("accuracy", "val_accuracy"):
        axes[0].plot(range(1, len(history[name]) + 1), history[name], "o-", label=name)
    axes[0].set(title="Share of digits right", xlabel="epoch")
    axes[0].legend()
    axes[1].imshow(image[..., 0], cmap="gray_r")
    axes[1].set_title("input")
    for panel, title, first, last in zip(axes[2:], ("1x1", "3x3", "5x5", "pool"), (0, 16, 48, 64), (16, 48, 64, 80)):
        channels = views[..., first:last]
        panel.imshow(channels[..., channels.sum((0, 1)).argmax()], cmap="magma")
        panel.set_title(title)
    for panel in axes[1:]:
        panel.set(xticks=(), yticks=())
    return figure


def main(argv=None) -> dict:
    arguments = parser(__doc__)
    arguments.add_argument("--data", type=pathlib.Path, help="mnist.npz")
    options = arguments.parse_args(argv)
    lamina.utils.set_random_seed(0)
    (images, labels), (test_images, test_labels) = load(options.data, options.quick)
    x, x_test = as_images(images), as_images(test_images)

    block, single = weights_of_block()
    print(f"weights: {block} in the block, {single} in one 5x5 convolution as wide")
    model = build()
    model.compile(
        optimizer=lamina.optimizers.Adam(5e-3 if options.quick else 2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        x, labels, batch_size=32 if options.quick else 128, epochs=6 if options.quick else 3,
        validation_data=(x_test, test_labels), verbose=2,
    ).history  # fmt: skip
    accuracy = history["val_accuracy"][-1]
    print(f"test accuracy {accuracy:.4f}")
    picture = save_picture(draw(history, model, x_test[0]), options.out, "10_inception.png")
    return {"accuracy": accuracy, "block": block, "single": single, "picture": picture}


if __name__ == "__main__":
    main()
