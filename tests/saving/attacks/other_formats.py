"""Files under an ending that is theirs or not, and what lies beside a model."""

import io
import pickle
import zipfile

import numpy as np
from corpus import attack, attacks, bomb


@attack("CVE-2019-6446: an array of objects in a file of another ending")
def pickled_array_as_keras(lab):
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    return lab.write(buffer.getvalue())


@attack("CVE-2025-32434: a PyTorch checkpoint, which is a zip too")
def torch_checkpoint(lab):
    return lab.pack({"archive/data.pkl": pickle.dumps(print), "archive/version": b"3"})


@attacks("CVE-2025-1550: a pickle under every ending", {e: e for e in (".keras", ".h5", ".weights.h5", ".npz")})
def pickle_under(lab, ending):
    from corpus import into_net

    path = lab.write(pickle.dumps(print), ending)
    return into_net(path) if ending in (".weights.h5", ".npz") else path


@attack("a zip under the ending of HDF5")
def keras_as_h5(lab):
    return lab.write(lab.good["keras"], ".h5")


@attack("HDF5 under the ending of a zip")
def h5_as_keras(lab):
    return lab.write(lab.good["h5"])


@attack("an ending in capitals is no other door")
def capital_ending(lab):
    return lab.write(b"x" * 100, ".KERAS")


@attack("CWE-59: a model file that never ends")
def endless_file(lab):
    path = lab.folder / "net.keras"
    path.symlink_to("/dev/zero")
    return path


@attack("CWE-400: a named pipe in the place of a file")
def named_pipe(lab):
    import os

    path = lab.folder / "net.keras"
    os.mkfifo(path)
    return path


@attack("CVE-2019-9674: what `lamina fit` keeps beside a model, as a bomb")
def bomb_beside_table(lab):
    from lamina.tables._model_file import read_model_file

    return lab.pack({**lab.members(), "lamina_table.json": bomb()}, zipfile.ZIP_DEFLATED), lambda p: read_model_file(
        str(p)
    )


@attack("CWE-674: what `lamina fit` keeps beside a model, deep")
def deep_beside_table(lab):
    from lamina.tables._model_file import read_model_file

    return lab.pack({**lab.members(), "lamina_table.json": b"[" * 100_000}), lambda p: read_model_file(str(p))


@attacks("assets that are none", {"binary": b"\xff\xfe\0\0", "twice": b"a\na\n", "empty_line": b"\n\n"})
def strange_assets(lab, content):
    parts = lab.members("words")
    return lab.pack({name: content if name.startswith("assets/") else old for name, old in parts.items()})


@attack("assets that are missing")
def missing_assets(lab):
    return lab.pack({n: c for n, c in lab.members("words").items() if not n.startswith("assets/")})
