"""A vocabulary that was learned goes into a folder and comes back."""

import numpy as np
import pytest

from lamina import layers

KINDS = {
    "StringLookup": (layers.StringLookup, np.array([["b", "a"], ["b", "c"]])),
    "IntegerLookup": (layers.IntegerLookup, np.array([[5, 7], [5, 9]])),
    "TextVectorization": (layers.TextVectorization, np.array(["b a", "b c"])),
}


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(tmp_path, kind):
    make, data = KINDS[kind]
    layer, other = make(), make()
    layer.adapt(data)
    layer.save_assets(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["vocabulary.txt"]
    other.load_assets(str(tmp_path))
    assert other.get_vocabulary() == layer.get_vocabulary()
    np.testing.assert_array_equal(other(data), layer(data))


@pytest.mark.parametrize("kind", KINDS)
def test_no_folder(tmp_path, kind):
    layer = KINDS[kind][0]()
    layer.adapt(KINDS[kind][1])
    with pytest.raises(NotADirectoryError, match=f"{kind}.load_assets: .*none is no folder"):
        layer.load_assets(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        layer.save_assets(tmp_path / "none")
