"""What every example needs: its arguments, and a place for its pictures."""

import argparse
import pathlib

import matplotlib

matplotlib.use("Agg")  # draws into files, needs no screen

HERE = pathlib.Path(__file__).parent


def parser(doc: str) -> argparse.ArgumentParser:
    """Arguments common to the examples; `doc` is the script's docstring."""
    arguments = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a short run, for tests")
    arguments.add_argument("--out", type=pathlib.Path, default=HERE / "out", help="folder for pictures")
    return arguments


def save_picture(figure, folder: pathlib.Path, name: str) -> pathlib.Path:
    """Writes the figure as a PNG and says where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    figure.savefig(path, dpi=100)
    figure.clear()
    print(f"picture: {path}")
    return path
