"""Data for the programs: small files of the forms that the real data sets have."""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image


def make_all(folder: Path) -> None:
    """Writes everything into a folder."""
    rng = np.random.default_rng(0)
    reviews(folder, rng)
    newswires(folder, rng)
    housing(folder, rng)
    pictures(folder, rng)
    weather(folder, rng)
    texts(folder, rng)


def _numbered(rng: np.random.Generator, favourites: range, length: int) -> list[int]:
    """A text of words by rank, half of them typical of its class."""
    typical = rng.choice(list(favourites), length)
    return np.where(rng.random(length) < 0.5, typical, rng.integers(1, 90, length)).tolist()


def _as_objects(lists: list[list[int]]) -> np.ndarray:
    array = np.empty(len(lists), object)
    array[:] = lists
    return array


def reviews(folder: Path, rng: np.random.Generator) -> None:
    parts = {}
    for part, count in (("train", 240), ("test", 80)):
        labels = rng.integers(0, 2, count)
        words = [_numbered(rng, range(10, 30) if y else range(30, 50), rng.integers(20, 60)) for y in labels]
        parts |= {f"x_{part}": _as_objects(words), f"y_{part}": labels}
    np.savez(folder / "imdb.npz", **parts)
    (folder / "imdb_word_index.json").write_text(json.dumps({f"word{n}": n for n in range(1, 90)}))


def newswires(folder: Path, rng: np.random.Generator) -> None:
    labels = rng.integers(0, 46, 700)
    labels[:46] = range(46)
    words = [_numbered(rng, range(2 * y + 1, 2 * y + 3), 30) for y in labels]
    np.savez(folder / "reuters.npz", x=_as_objects(words), y=labels)
    (folder / "reuters_word_index.json").write_text(json.dumps({f"word{n}": n for n in range(1, 100)}))


def housing(folder: Path, rng: np.random.Generator) -> None:
    x = rng.normal(size=(200, 13))
    prices = 22 + x @ np.linspace(-3, 3, 13) + rng.normal(size=200) * 0.3
    np.savez(folder / "boston_housing.npz", x=x * np.arange(1, 14) + 5, y=prices)


def pictures(folder: Path, rng: np.random.Generator) -> None:
    """Cats are striped across, dogs along."""
    for part, count in (("train", 24), ("validation", 10), ("test", 10)):
        for kind in ("cat", "dog"):
            place = folder / "cats_vs_dogs" / part / kind
            place.mkdir(parents=True)
            for n in range(count):
                stripes = 128 + 100 * np.sin(np.arange(40) * 0.9 + rng.uniform(0, 6))
                image = np.tile(stripes, (40, 1)) if kind == "dog" else np.tile(stripes[:, None], (1, 40))
                noisy = np.clip(image[..., None] + rng.normal(0, 15, (40, 40, 3)), 0, 255).astype("uint8")
                Image.fromarray(noisy).save(place / f"{kind}.{n}.jpg", quality=95)
    Image.open(folder / "cats_vs_dogs/test/cat/cat.0.jpg").save(folder / "picture.jpg")
    Image.open(folder / "cats_vs_dogs/test/dog/dog.0.jpg").save(folder / "style.jpg")


def weather(folder: Path, rng: np.random.Generator) -> None:
    hours = np.arange(900)
    warmth = 10 + 8 * np.sin(2 * np.pi * hours / 24) + np.cumsum(rng.normal(0, 0.05, 900))
    pressure = 990 + 5 * np.cos(2 * np.pi * hours / 24)
    lines = ['"Date Time","p (mbar)","T (degC)","rh (%)"']
    lines += [f"day {h // 24} {h % 24}:00,{p:.2f},{t:.2f},{80 - t:.2f}" for h, p, t in zip(hours, pressure, warmth)]
    (folder / "weather.csv").write_text("\n".join(lines))


def texts(folder: Path, rng: np.random.Generator) -> None:
    good, bad = "splendid warm moving clever fine".split(), "dull weak tired clumsy flat".split()
    filler = "the film and its story were with some of those people in a house by the sea".split()
    for part, count in (("train", 60), ("test", 30)):
        for kind, favourites in (("pos", good), ("neg", bad)):
            place = folder / "aclImdb" / part / kind
            place.mkdir(parents=True)
            for n in range(count):
                words = [str(rng.choice(favourites if rng.random() < 0.3 else filler)) for _ in range(20)]
                (place / f"{n}_7.txt").write_text(" ".join(words) + ".<br /> Fine print.", encoding="utf-8")
    (folder / "story.txt").write_text("the cat sat on the mat and the dog sat by the door. " * 40, encoding="utf-8")


if __name__ == "__main__":
    make_all(Path(sys.argv[1]))
