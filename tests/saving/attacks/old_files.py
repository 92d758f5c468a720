"""`.h5` files as Keras 1 and 2 wrote them."""

import json

import numpy as np
from corpus import attack, attacks, into_net

ATTRIBUTES = {
    "number": 3,
    "array": np.ones(3),
    "text": "text",
    "deep": "[" * 100_000,
    "long_number": '{"a": ' + "9" * 50_000 + "}",
    "list": "[]",
    "none": "null",
    "nan": "NaN",
    "latin": b"\xff\xfe",
    "empty": "{}",
    "class": '{"class_name": 3, "config": {}}',
    "deep_dicts": '{"config":' * 900 + "{}" + "}" * 900,
}


@attacks("CWE-843: model_config", ATTRIBUTES)
def model_config(lab, value):
    return lab.old(lambda f: f.attrs.__setitem__("model_config", value))


@attacks("CWE-843: training_config", {k: v for k, v in ATTRIBUTES.items() if k not in ("empty", "class")})
def training_config(lab, value):
    return lab.old(lambda f: f.attrs.__setitem__("training_config", value))


TRAINING = {
    "optimizer": {"optimizer_config": {"class_name": "system", "module": "os", "config": {}}, "loss": "mse"},
    "loss": {"optimizer_config": "adam", "loss": "os.system"},
    "metrics": {"optimizer_config": "adam", "loss": "mse", "metrics": [3]},
    "code": {"optimizer_config": "adam", "loss": {"class_name": "__lambda__", "config": {"value": "x"}}},
}


@attacks("CVE-2025-1550, in the training_config of an old file", TRAINING)
def gadget_in_training(lab, value):
    return lab.old(lambda f: f.attrs.__setitem__("training_config", json.dumps(value)))


@attacks(
    "CVE-2025-9905: classes without a module",
    {n: n for n in ("os.system", "system", "Popen", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")},
)
def old_class(lab, name):
    return lab.old_config(
        lambda c: c["config"]["layers"].append({"class_name": name, "config": {"name": "x", "function": "os.system"}})
    )


@attack("CVE-2025-12058, in an old file")
def vocabulary_in_old_file(lab):
    entry = {"class_name": "StringLookup", "config": {"name": "s", "vocabulary": str(lab.secret / "words.txt")}}
    return lab.old_config(lambda c: c["config"]["layers"].append(entry))


@attack("CVE-2026-0897, in an old file")
def units_in_old_file(lab):
    return lab.old_config(lambda c: c["config"]["layers"][-1]["config"].update(units=10**11))


NAMES = {
    "numbers": np.ones(3),
    "missing": [b"dense", b"other"],
    "twice": [b"dense", b"dense"],
    "latin": [b"\xff"],
    "climbing": [b"../dense"],
    "root": [b"/"],
    "empty": [b""],
    "itself": [b"."],
    "text": "dense2",
}


@attacks("CWE-22, CWE-843: layer_names", NAMES)
def layer_names(lab, names):
    return lab.old(lambda f: f["model_weights"].attrs.__setitem__("layer_names", names))


@attacks("CWE-22, CWE-843: weight_names", {**NAMES, "group": [b"..", b"."]})
def weight_names(lab, names):
    return lab.old(lambda f: f["model_weights/dense"].attrs.__setitem__("weight_names", names))


@attack("a group in the place of an array")
def group_as_array_in_old_file(lab):
    def edit(file):
        group = file["model_weights/dense"]
        name = group.attrs["weight_names"][0]
        del group[name]
        group.create_group(name)

    return lab.old(edit)


@attack("an array in the place of the group of all weights")
def array_as_all_weights(lab):
    def edit(file):
        del file["model_weights"]
        file["model_weights"] = np.ones(3)

    return lab.old(edit)


@attack("CVE-2026-0897: a large claim in an old file of weights")
def claim_in_old_weights(lab):
    def edit(file):
        group = file["model_weights/dense"]
        name = group.attrs["weight_names"][0]
        del group[name]
        group.create_dataset(name, (10**7, 10**7), "float32", chunks=(1000, 1000))

    return into_net(lab.old(edit))


@attack("a whole model in the place of weights, of another shape")
def other_shape(lab):
    def edit(file):
        group = file["model_weights/dense"]
        name = group.attrs["weight_names"][0]
        del group[name]
        group[name] = np.ones((5, 2), "float32")

    return into_net(lab.old(edit))
