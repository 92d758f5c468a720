"""A minute's worth in a second: a model is made, trained, saved, loaded and gives the same answers."""

import numpy as np

import lamina
from lamina import layers


def test_train_save_load(tmp_path):
    lamina.utils.set_random_seed(1)
    x = np.random.default_rng(0).random((200, 3)).astype("float32")
    y = x @ np.array([[1.0], [2.0], [3.0]], "float32")
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(0.05), "mse", metrics=["mae"])
    history = model.fit(x, y, epochs=30, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 10
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        lamina.models.load_model(tmp_path / "model.keras").predict(x, verbose=0), model.predict(x, verbose=0)
    )
