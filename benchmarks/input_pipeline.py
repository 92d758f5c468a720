"""Images a second: read and decoded from folders, augmented, and trained on; beside Keras with tf.data and with PyDataset.

    python input_pipeline.py --lamina PYTHON --peers PYTHON [--images 1500] [--size 96] [--rounds 2] [--json FILE]

Every side reads the same JPEG files of --size x --size pixels in batches of 32. `decoded` iterates over the data set alone,
`augmented` over the data set with a flip and a rotation mapped over it, `step` trains the same small convolutional network
on a batch in memory (what the network could take if images cost nothing), `trained` trains it on the augmented data set.
A pipeline that does not stall gives `trained` near the smaller of `augmented` and `step`. Each figure is the best of three
epochs after one to warm up; sides take turns, one process each.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

BATCH = 32
SIDES = {
    "lamina": {"IMPL": "lamina"},
    "keras tf.data": {"IMPL": "keras", "KERAS_BACKEND": "tensorflow"},
    "keras PyDataset (jax)": {"IMPL": "keras", "KERAS_BACKEND": "jax"},
}


def make_images(folder: pathlib.Path, count: int, size: int) -> None:
    """JPEG files of two classes."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for n in range(count):
        place = folder / ("cat" if n % 2 else "dog")
        place.mkdir(exist_ok=True)
        coarse = rng.integers(0, 256, (size // 8, size // 8, 3)).astype("uint8")
        Image.fromarray(coarse).resize((size, size)).save(place / f"{n:05d}.jpg", quality=90)


def network(keras, size: int):
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((size, size, 3)),
        layers.Rescaling(1 / 255),
        layers.Conv2D(8, 3, strides=2, activation="relu"),
        layers.Conv2D(16, 3, strides=2, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    return model


def py_dataset(keras, folder: str, size: int, augment):
    """What a user writes where there is no tf.data: files read by Pillow in the data set's own threads."""
    from PIL import Image

    files = sorted(pathlib.Path(folder).rglob("*.jpg"))

    class Files(keras.utils.PyDataset):
        def __len__(self):
            return -(-len(files) // BATCH)

        def __getitem__(self, i):
            part = files[i * BATCH : (i + 1) * BATCH]
            x = np.stack([np.asarray(Image.open(path).resize((size, size)), "float32") for path in part])
            y = np.array([path.parent.name == "dog" for path in part], "int32")
            return (np.asarray(augment(x, training=True)) if augment else x), y

    return Files(workers=2, use_multiprocessing=False)


def sources(keras, is_py: bool, folder: str, size: int):
    """The data set alone, and augmented."""
    layers = keras.layers
    augment = keras.Sequential([layers.RandomFlip("horizontal", seed=1), layers.RandomRotation(0.1, seed=2)])
    if is_py:
        return py_dataset(keras, folder, size, None), py_dataset(keras, folder, size, augment)
    plain = keras.utils.image_dataset_from_directory(folder, image_size=(size, size), batch_size=BATCH, verbose=False)
    if os.environ["IMPL"] == "lamina":
        return plain, plain.map(lambda x, y: (augment(x, training=True), y)).prefetch(4)
    import tensorflow as tf

    mapped = plain.map(lambda x, y: (augment(x, training=True), y), num_parallel_calls=tf.data.AUTOTUNE)
    return plain.prefetch(tf.data.AUTOTUNE), mapped.prefetch(tf.data.AUTOTUNE)


def walk(source) -> None:
    batches = (source[i] for i in range(len(source))) if hasattr(source, "__getitem__") else source
    for batch in batches:
        np.asarray(batch[0])


def rate(work, images: int) -> float:
    """Images a second, the best of three after one to warm up."""
    spent = []
    for _ in range(4):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return images / min(spent[1:])


def measure(folder: str, size: int, images: int) -> dict[str, float]:
    """All figures of one side."""
    if os.environ["IMPL"] == "lamina":
        import lamina as keras
    else:
        import keras
    is_py = os.environ.get("KERAS_BACKEND") == "jax" and os.environ["IMPL"] == "keras"
    plain, augmented = sources(keras, is_py, folder, size)
    model = network(keras, size)
    count = images // BATCH * BATCH
    x, y = np.zeros((count, size, size, 3), "float32"), np.zeros(count, "int32")
    return {
        "decoded": rate(lambda: walk(plain), images),
        "augmented": rate(lambda: walk(augmented), images),
        "step": rate(lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0), count),
        "trained": rate(lambda: model.fit(augmented, epochs=1, verbose=0), images),
    }


def side(python: str, env: dict[str, str], arguments: argparse.Namespace, folder: str) -> dict[str, float]:
    command = [python, __file__, "--measure", folder, "--images", str(arguments.images), "--size", str(arguments.size)]
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", **env}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {"error": (done.stderr.strip().splitlines() or ["no output"])[-1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lamina", default=sys.executable)
    parser.add_argument("--peers")
    parser.add_argument("--images", type=int, default=1500)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.size, arguments.images)))
        return
    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        make_images(pathlib.Path(folder), arguments.images, arguments.size)
        for _ in range(arguments.rounds):
            for name, env in SIDES.items():
                python = arguments.lamina if env["IMPL"] == "lamina" else arguments.peers
                if python:
                    found.setdefault(name, []).append(side(python, env, arguments, folder))
    best = {name: {k: max((r[k] for r in rounds), default=0) for k in rounds[0]} for name, rounds in found.items()}
    print(f"{'images a second':24s}" + "".join(f"{k:>11s}" for k in ("decoded", "augmented", "step", "trained")))
    for name, figures in best.items():
        print(f"{name:24s}" + "".join(f"{v:11.0f}" if isinstance(v, float) else f" {v}" for v in figures.values()))
    if arguments.json:
        arguments.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
