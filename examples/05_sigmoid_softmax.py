"""Two classes: one sigmoid unit and two softmax units are the same classifier.

Learned:  softmax over (0, z) gives sigmoid(z) for the second class; so a softmax with kernels w0, w1 is a sigmoid with
          w1 - w0. They even train alike: descent moves w1 - w0 by twice the step, so the sigmoid is given twice the rate.
Data:     two clouds of points, made here.
Time:     2 seconds.
Expected: identity and trained nets agree to 1e-5.
"""

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import activations, layers, optimizers


def clouds(rows: int = 200, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = np.arange(rows) % 2
    x = rng.normal(size=(rows, 2)) + np.where(label[:, None], [1.2, 0.8], [-1.0, -0.6])
    return x.astype("float32"), label


def sigmoid_net(rate: float, w: np.ndarray) -> lamina.Sequential:
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.set_weights([(w[:, 1:] - w[:, :1]), np.zeros(1)])
    model.compile(optimizer=optimizers.SGD(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def softmax_net(rate: float, w: np.ndarray) -> lamina.Sequential:
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(2, activation="softmax")])
    model.set_weights([w, np.zeros(2)])
    model.compile(optimizer=optimizers.SGD(rate), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def main(argv=None) -> dict:
    options = parser(__doc__).parse_args(argv)
    z = np.linspace(-8, 8, 161, dtype="float32")
    pairs = np.stack([np.zeros_like(z), z], 1)
    identity = np.abs(np.asarray(activations.sigmoid(z)) - np.asarray(activations.softmax(pairs))[:, 1]).max()
    print(f"sigmoid(z) and softmax(0, z), largest difference for z from -8 to 8: {identity:.1e}")

    x, label = clouds()
    one_hot = lamina.utils.to_categorical(label, 2)
    start = np.random.default_rng(1).normal(size=(2, 2)).astype("float32")
    one, two = sigmoid_net(0.2, start), softmax_net(0.1, start)
    epochs = 40 if options.quick else 150
    train = {"batch_size": 32, "epochs": epochs, "shuffle": False, "verbose": 0}
    losses = {
        "sigmoid": one.fit(x, label[:, None].astype("float32"), **train).history["loss"],
        "softmax": two.fit(x, one_hot, **train).history["loss"],
    }
    p_one, p_two = one.predict(x, verbose=0)[:, 0], two.predict(x, verbose=0)[:, 1]
    trained = float(np.abs(p_one - p_two).max())
    accuracy = float(((p_one > 0.5) == label).mean())
    print(f"after {epochs} epochs: largest difference of the probabilities {trained:.1e}, accuracy {accuracy:.3f}")
    print("sigmoid w      ", np.ravel(one.get_weights()[0]))
    kernel = two.get_weights()[0]
    print("softmax w1 - w0", kernel[:, 1] - kernel[:, 0])

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    left.plot(losses["sigmoid"], lw=6, alpha=0.35, label="sigmoid, rate 0.2")
    left.plot(losses["softmax"], "k--", label="softmax, rate 0.1")
    left.set(title="The same losses", xlabel="epoch", ylabel="cross-entropy")
    left.legend()
    right.scatter(p_one, p_two, c=np.where(label, "C1", "C0"), s=16)
    right.plot([0, 1], [0, 1], "k:", lw=1, label="equal")
    right.scatter([], [], color="C0", label="class 0")
    right.scatter([], [], color="C1", label="class 1")
    right.set(title="The same answers", xlabel="sigmoid unit's probability", ylabel="softmax's probability of class 1")
    right.legend()
    picture = save_picture(figure, options.out, "05_sigmoid_softmax.png")
    return {"identity": float(identity), "trained": trained, "accuracy": accuracy, "picture": picture}


if __name__ == "__main__":
    main()
