"""Real handwritten digits by the convnet of examples/09_convnet.py: test accuracy and seconds an epoch, on any implementation.

    IMPL=lamina python benchmarks/mnist.py --data mnist.npz [--epochs 6] [--seeds 0,1,2]
    IMPL=keras KERAS_BACKEND=jax python benchmarks/mnist.py --data mnist.npz

Prints one JSON line a seed. `mnist.npz` holds x_train, y_train, x_test, y_test.
"""

import argparse
import json
import os
import pathlib
import statistics
import time

from workloads import load

BATCH = 128


def build(keras, steps):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(10),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def measure(keras, data, epochs, seed):
    keras.utils.set_random_seed(seed)
    x, x_test = (data[k][..., None].astype("float32") / 255 for k in ("x_train", "x_test"))
    model = build(keras, epochs * -(-len(x) // BATCH))
    times = []
    for epoch in range(epochs):
        start = time.perf_counter()
        model.fit(x, data["y_train"], batch_size=BATCH, initial_epoch=epoch, epochs=epoch + 1, verbose=0)
        times.append(time.perf_counter() - start)
    _, accuracy = model.evaluate(x_test, data["y_test"], batch_size=BATCH, verbose=0)
    return {
        "seed": seed,
        "accuracy": round(float(accuracy), 4),
        "first_epoch_s": round(times[0], 2),
        "epoch_s": round(statistics.median(times[1:] or times), 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seeds", default="0")
    options = parser.parse_args()
    keras, np, _ = load()
    name = "-".join(os.environ.get(k, "") for k in ("IMPL", "KERAS_BACKEND", "LAMINA_ENGINE")).strip("-") or "lamina"
    with np.load(options.data, allow_pickle=False) as file:
        data = {k: file[k] for k in ("x_train", "y_train", "x_test", "y_test")}
    for seed in map(int, options.seeds.split(",")):
        print(json.dumps({"side": name, **measure(keras, data, options.epochs, seed)}), flush=True)


if __name__ == "__main__":
    main()
