"""What `BackupAndRestore` refuses."""

import pytest

from lamina.callbacks import BackupAndRestore


@pytest.mark.parametrize("folder", [None, ""])
def test_a_folder_must_be_named(folder):
    with pytest.raises(ValueError, match="path of a folder"):
        BackupAndRestore(folder)


def test_an_unknown_save_freq_is_refused(tmp_path):
    with pytest.raises(ValueError, match="save_freq"):
        BackupAndRestore(tmp_path, save_freq="batch")
