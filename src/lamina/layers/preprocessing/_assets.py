"""Layers that keep files beside their weights: a vocabulary."""

from pathlib import Path
from typing import Any


class KeepsAssets:
    """A subclass gives its files by name in `saved_assets` and takes them in `load_assets_from`."""

    def saved_assets(self) -> dict[str, bytes]:
        """The files to keep, by name."""
        raise NotImplementedError(f"{type(self).__name__} must define saved_assets().")

    def load_assets_from(self, assets: dict[str, bytes]) -> None:
        """Takes what `saved_assets` gave."""
        raise NotImplementedError(f"{type(self).__name__} must define load_assets_from(assets).")

    def save_assets(self, dir_path: Any) -> None:
        """Writes them into a folder, which is there already. Raises FileNotFoundError if it is not."""
        for name, content in self.saved_assets().items():
            (Path(dir_path) / name).write_bytes(content)

    def load_assets(self, dir_path: Any) -> None:
        """Takes the files of a folder that `save_assets` wrote. Raises NotADirectoryError if it is none."""
        folder = Path(dir_path)
        if not folder.is_dir():
            raise NotADirectoryError(f"{type(self).__name__}.load_assets: {folder} is no folder.")
        self.load_assets_from({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
