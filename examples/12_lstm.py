"""Forecasts of a series by an LSTM, against the two forecasts that need no learning.

Learned:  windows of a series as `(windows, steps, features)`; why a forecast is measured against "as a moment ago" and
          "as a season ago".
Data:     made here: a daily rhythm of 24 steps whose strength and form drift, with noise. --data FILE.csv --column NAME
          --season N reads a column of yours instead.
Time:     5 seconds on two cores; 2 with --quick.
Expected: mean absolute error on the last fifth of the series: less than 0.75 of the better of the two.
"""

import csv
import pathlib

import matplotlib.pyplot as plt
import numpy as np
from _shared import parser, save_picture

import lamina
from lamina import layers


def made_series(steps: int, season: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.arange(steps)
    strength = 1 + 0.5 * np.sin(2 * np.pi * t / (7.3 * season))
    form = np.sin(2 * np.pi * t / season) + 0.4 * np.sin(4 * np.pi * t / season + t / 97)
    return (strength * form + rng.normal(0, 0.15, steps)).astype("float32")


def read_series(path: pathlib.Path, column: str) -> np.ndarray:
    with path.open(newline="") as file:
        return np.array([float(row[column]) for row in csv.DictReader(file)], "float32")


def windows(series: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """All windows of `length` steps `(n, length, 1)` and the value after each `(n, 1)`."""
    every = np.lib.stride_tricks.sliding_window_view(series, length + 1)
    return np.ascontiguousarray(every[:, :-1, None]), np.ascontiguousarray(every[:, -1:])


def build(length: int) -> lamina.Sequential:
    model = lamina.Sequential([lamina.Input((length, 1)), layers.LSTM(32), layers.Dense(1)])
    model.compile(optimizer=lamina.optimizers.Adam(5e-3), loss="mae")
    return model


def draw(truth: np.ndarray, forecast: np.ndarray, errors: dict):
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.4), layout="constrained", width_ratios=(2.2, 1))
    left.plot(truth[:120], color="0.6", lw=3, label="what came")
    left.plot(forecast[:120], "C1", label="LSTM, one step ahead")
    left.set(title="The first 120 steps of the test", xlabel="step")
    left.legend()
    right.barh(list(errors), list(errors.values()), color=("0.7", "0.7", "C1"))
    right.set(title="Mean absolute error")
    return figure


def main(argv=None) -> dict:
    arguments = parser(__doc__)
    arguments.add_argument("--data", type=pathlib.Path, help="a CSV file")
    arguments.add_argument("--column", help="its column with the series")
    arguments.add_argument(
        "--season", type=int, default=24, help="steps after which the series repeats itself, roughly"
    )
    options = arguments.parse_args(argv)
    lamina.utils.set_random_seed(0)
    season = options.season
    if options.data is not None:
        series = read_series(options.data, options.column)
    else:
        series = made_series(2000 if options.quick else 6000, season)
    cut = len(series) * 4 // 5
    mean, spread = series[:cut].mean(), series[:cut].std()
    series = (series - mean) / spread  # by what was known before the test
    length = 2 * season
    x, y = windows(series[:cut], length)
    x_test, y_test = windows(series[cut - length :], length)

    model = build(length)
    model.fit(x, y, batch_size=32, epochs=6, validation_data=(x_test, y_test), verbose=2)
    forecast = model.predict(x_test, verbose=0)
    errors = {
        "as a moment ago": float(np.abs(y_test - x_test[:, -1]).mean()),
        "as a season ago": float(np.abs(y_test - x_test[:, -season]).mean()),
        "LSTM": float(np.abs(y_test - forecast).mean()),
    }
    for name, error in errors.items():
        print(f"{name:16} {error * spread:.4f}")
    return {"errors": errors, "picture": save_picture(draw(y_test, forecast, errors), options.out, "12_lstm.png")}


if __name__ == "__main__":
    main()
