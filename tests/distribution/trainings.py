"""Trainings for the tests of distribution, each in processes of its own; what they find is printed as lines of JSON.

    python trainings.py NAME FOLDER [ADDRESS COUNT ID]

Without an address the training runs in one process.
"""

import importlib.util
import json
import os
import signal
import sys
import warnings
from pathlib import Path

import numpy as np

import lamina
from lamina import callbacks, data, distribution, layers, utils
from lamina.distribution import DataParallel, DeviceMesh, LayoutMap, ModelParallel

SAMPLES, BATCH, EPOCHS = 100, 32, 3  # the last batch of an epoch has 4
NAME, FOLDER = sys.argv[1:3]
ADDRESS, COUNT, ID = (sys.argv[3], int(sys.argv[4]), int(sys.argv[5])) if len(sys.argv) > 3 else (None, 1, 0)


def say(**found):
    print(json.dumps(found), flush=True)


def samples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(SAMPLES, 8)).astype("float32"), rng.integers(0, 4, SAMPLES)


class Batches(utils.PyDataset):
    """The samples, batch by batch."""

    def __init__(self, x, *others):
        super().__init__()
        self.arrays = (x, *others)

    def __len__(self):
        return -(-SAMPLES // BATCH)

    def __getitem__(self, i):
        return tuple(a[i * BATCH : (i + 1) * BATCH] for a in self.arrays)


def model(spread, *more):
    """A small one with dropout, the same numbers each time, under a distribution."""
    distribution.set_distribution(spread)
    utils.clear_session()
    utils.set_random_seed(3)
    made = lamina.Sequential(
        [layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dropout(0.4), *more, layers.Dense(4)]
    )
    loss = lamina.losses.SparseCategoricalCrossentropy(from_logits=True)
    made.compile(lamina.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    return made


def pictures():
    rng = np.random.default_rng(1)
    return rng.uniform(0, 255, (SAMPLES, 8, 8, 3)).astype("float32"), rng.integers(0, 4, SAMPLES)


def images(spread):
    """A small network behind layers that change each image in its own way."""
    distribution.set_distribution(spread)
    utils.clear_session()
    utils.set_random_seed(3)
    changes = [
        layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomCrop(6, 6), layers.RandomBrightness(0.2),
        layers.RandomErasing(), layers.RandomPosterization(4), layers.Rescaling(1 / 255), layers.GaussianNoise(0.1),
    ]  # fmt: skip
    made = lamina.Sequential(
        [layers.Input((8, 8, 3)), *changes, layers.Flatten(), layers.Dropout(0.4), layers.Dense(4)]
    )
    loss = lamina.losses.SparseCategoricalCrossentropy(from_logits=True)
    made.compile(lamina.optimizers.Adam(0.002), loss, metrics=["accuracy"])
    return made


def curve(made, *arguments, **options):
    options = {"batch_size": BATCH, **options} if len(arguments) > 1 else options
    return made.fit(*arguments, epochs=EPOCHS, verbose=0, **options).history["loss"]


def layouts(mesh, **axes):
    found = LayoutMap(mesh)
    for name, layout in axes.items():
        found[f".*/{name}/kernel"] = layout
    return ModelParallel(layout_map=found, batch_dim_name="batch")


def devices():
    """One process: 4 and 8 devices, whole and cut weights, files and states read on another number of devices."""
    x, y = samples()
    names = distribution.list_devices()
    say(devices=len(names))
    say(one=curve(model(None), x, y), batch_norm=curve(model(None, layers.BatchNormalization()), Batches(x, y)))
    four = DataParallel(devices=names[:4])
    say(four=curve(model(four), x, y))
    both = layouts(DeviceMesh((2, 4), ("batch", "model")), dense=("batch", "model"), dense_1=("model", None))
    cut = model(both, layers.BatchNormalization())
    say(both=curve(cut, Batches(x, y), resume=f"{FOLDER}/states"))
    slots = {v.path.split("/")[-1]: str(v._value.sharding.spec) for v in cut.optimizer.variables}
    say(kernel=str(cut.layers[0].kernel._value.sharding.spec), slots=slots)
    cut.save(f"{FOLDER}/cut.keras")
    say(histograms=histograms(cut, x, y))
    outputs = cut.predict(x, verbose=0)
    distribution.set_distribution(four)
    loaded = lamina.models.load_model(f"{FOLDER}/cut.keras")
    say(loaded=float(np.abs(loaded.predict(x, verbose=0) - outputs).max()))
    say(resumed=model_resumed(DataParallel(devices=names), x, y), longer=longer(x, y))
    mistakes(x, y)


def histograms(cut, x, y):
    """Of which weights TensorBoard has none, though they are cut; None where it is not installed."""
    if importlib.util.find_spec("tensorboardX") is None:
        return None
    state = cut.get_weights()
    board = callbacks.TensorBoard(f"{FOLDER}/logs", histogram_freq=1, write_images=True)
    cut.fit(x[:BATCH], y[:BATCH], verbose=0, callbacks=[board])
    cut.set_weights(state)
    (events,) = Path(FOLDER, "logs", "train").iterdir()
    return [v.path for v in cut.weights if f"{v.path}/histogram".encode() not in events.read_bytes()]


def model_resumed(spread, x, y):
    """The training of `devices` gone on with for one more epoch."""
    return (
        model(spread, layers.BatchNormalization())
        .fit(Batches(x, y), epochs=EPOCHS + 1, verbose=0, resume=f"{FOLDER}/states")
        .history["loss"]
    )


def longer(x, y):
    return model(None, layers.BatchNormalization()).fit(Batches(x, y), epochs=EPOCHS + 1, verbose=0).history["loss"]


def mistakes(x, y):
    names = distribution.list_devices()
    mesh = DeviceMesh((8,), ("batch",))
    for call in (
        lambda: DeviceMesh((3, 2), ("batch", "model")),
        lambda: DataParallel(devices=[*names[:1], "cpu:99"]),
        lambda: model(DataParallel()).fit(x, y, batch_size=20, verbose=0),
        lambda: model(layouts(mesh, dense=(None, None, "batch"))),
        lambda: model(layouts(mesh, dense_1=(None, "batch"))),
        lambda: stranger(x, y),
    ):
        try:
            call()
        except (ValueError, NotImplementedError) as error:
            say(mistake=str(error))


def stranger(x, y):
    """A model made under another mesh."""
    made = model(DataParallel(devices=distribution.list_devices()[:2]))
    distribution.set_distribution(DataParallel())
    made.fit(x, y, batch_size=BATCH, verbose=0)


class End(callbacks.Callback):
    """Ends process 1 at once, in the third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2 and ID == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def processes():
    """Two processes: arrays, a PyDataset, a data set; then one of them is killed."""
    x, y = samples()
    say(arrays=curve(model(DataParallel()), x, y))
    say(batches=curve(model(DataParallel()), Batches(x, y), shuffle=False))
    say(images=curve(images(DataParallel()), *pictures()))
    numbers = np.arange(SAMPLES, dtype="float32")[:, None]
    same = lamina.Sequential([layers.Input((1,)), layers.Rescaling(1.0)])
    for source in (numbers, Batches(numbers), data.Dataset.from_tensor_slices(numbers).batch(BATCH)):
        say(predicted=same.predict(source, verbose=0).ravel().tolist())
    cut = DataParallel(auto_shard_dataset=False)
    own = slice(None, 48) if ID == 0 else slice(48, 96)
    distribution.set_distribution(cut)
    say(own=model(cut).fit(x[own], y[own], batch_size=16, shuffle=False, verbose=0).history["loss"])
    other_seed()
    made = model(DataParallel())
    made.save(f"{FOLDER}/before.keras")
    try:
        curve(made, x, y, callbacks=[End()], resume=f"{FOLDER}/states")
    except ConnectionError as error:
        say(lost=str(error))
        os._exit(1)  # else JAX waits at the end for the one that is gone, until the timeout


class Terminated(callbacks.Callback):
    """Has SIGTERM sent to process 1, in the second epoch."""

    epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch, ID) == (1, 0, 1):
            os.kill(os.getpid(), signal.SIGTERM)


def keeping(place):
    """By a callback that saves every second batch, or by `resume=`, in a folder of its own."""
    folder = f"{FOLDER}/{place}"
    often = callbacks.BackupAndRestore(folder, save_freq=2, delete_checkpoint=False)
    return {"callbacks": [often]} if place == "often" else {"callbacks": [], "resume": folder}


def terminated():
    """Two processes, of which one is told to end: both must, after the same step."""
    for place in ("often", "seldom"):
        how = keeping(place)
        try:
            curve(model(DataParallel()), *samples(), **{**how, "callbacks": [*how["callbacks"], Terminated()]})
        except SystemExit as end:
            say(**{place: end.code})


def gone_on_with():
    x, y = samples()
    say(whole=curve(model(None), x, y))
    for place in ("often", "seldom"):
        say(**{f"{place} states": sorted(os.listdir(f"{FOLDER}/{place}"))})
        say(**{place: curve(model(None), x, y, **keeping(place))})


def other_seed():
    """A program that is not the same in all processes."""
    made = model(DataParallel())
    made.layers[0].kernel.assign(np.full((8, 16), ID, "float32"))
    try:
        made.fit(*samples(), batch_size=BATCH, verbose=0)
    except RuntimeError as error:
        say(different=str(error))


def alone():
    """One process on one device: what the others must give, and the killed training gone on with."""
    x, y = samples()
    say(arrays=curve(model(None), x, y), batches=curve(model(None), Batches(x, y), shuffle=False))
    say(images=curve(images(None), *pictures()))
    rows = np.concatenate([np.r_[i : i + 16, 48 + i : 64 + i] for i in (0, 16, 32)])
    say(own=model(None).fit(x[rows], y[rows], batch_size=BATCH, shuffle=False, verbose=0).history["loss"])
    say(
        saved=lamina.models.load_model(f"{FOLDER}/before.keras").count_params(),
        states=sorted(os.listdir(f"{FOLDER}/states")),
    )
    say(resumed=curve(model(None), x, y, resume=f"{FOLDER}/states"))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    lamina.config.set_diagnosis("off")
    if ADDRESS is not None:
        distribution.initialize(ADDRESS, COUNT, ID)
    {f.__name__: f for f in (devices, processes, alone, terminated, gone_on_with)}[NAME]()
