"""Files of weights alone, taken into a model that is there."""

import numpy as np
from corpus import WEIGHTS, attack, attacks, bomb, h5, into_net

PLACE = "layers/dense/vars"


def _file(lab, **arrays):
    def fill(file):
        for key, value in arrays.items():
            file[f"{PLACE}/{key}"] = value

    return into_net(lab.write(h5(fill), ".weights.h5"))


@attack("one array too few")
def one_too_few(lab):
    return _file(lab, **{"0": np.ones((3, 2), "float32")})


@attack("one array too many")
def one_too_many(lab):
    return _file(lab, **{"0": np.ones((3, 2), "float32"), "1": np.ones(2, "float32"), "2": np.ones(2, "float32")})


@attack("arrays of texts")
def texts(lab):
    return _file(lab, **{"0": np.full((3, 2), b"x"), "1": np.full(2, b"x")})


@attack("arrays under other names")
def other_names(lab):
    return _file(lab, a=np.ones((3, 2), "float32"), b=np.ones(2, "float32"))


@attacks("HDF5: links in a file of weights", {"external": "external", "soft": "soft"})
def links(lab, kind):
    import h5py

    def fill(file):
        link = h5py.ExternalLink(str(lab.secret / "secret.h5"), "/") if kind == "external" else h5py.SoftLink("/a")
        file["layers"] = link
        file.create_group("a")

    return into_net(lab.write(h5(fill), ".weights.h5"))


@attacks("files cut short", {"tenth": 0.1, "half": 0.5, "almost": 0.95, "nothing": 0.0})
def cut(lab, share):
    content = lab.members()[WEIGHTS]
    return into_net(lab.write(content[: int(len(content) * share)], ".weights.h5"))


@attack("CVE-2026-0897: a shape that claims much")
def claims_much(lab):
    def fill(file):
        file.create_dataset(f"{PLACE}/0", (10**7, 10**7), "float32", chunks=(1000, 1000))

    return into_net(lab.write(h5(fill), ".weights.h5"))


@attack("the weights of a .keras file that is a bomb")
def bomb_of_weights(lab):
    return into_net(lab.pack({**lab.members(), WEIGHTS: bomb()}, 8))


@attack("an editor opens a bomb too")
def bomb_in_editor(lab):
    from lamina.saving import KerasFileEditor

    return lab.pack({**lab.members(), WEIGHTS: bomb()}, 8), KerasFileEditor


@attack("CWE-674: an editor walks groups that hold themselves")
def circle_in_editor(lab):
    from lamina.saving import KerasFileEditor

    def fill(file):
        group = file.create_group("layers")
        group["layers"] = group

    return lab.write(h5(fill), ".weights.h5"), KerasFileEditor


@attack("HDF5: an editor follows no links")
def link_in_editor(lab):
    import h5py

    from lamina.saving import KerasFileEditor

    def fill(file):
        file["layers"] = h5py.ExternalLink(str(lab.secret / "secret.h5"), "/")

    return lab.write(h5(fill), ".weights.h5"), KerasFileEditor
