"""Type confusion: values in a config that are of another type than the class takes."""

from corpus import attack, attacks, dense

VALUES = {
    "none": None,
    "text": "2",
    "float": 2.5,
    "list": [2],
    "dict": {"a": 1},
    "bool": True,
    "negative": -1,
    "zero": 0,
    "long_text": "2" * 10_000,
    "array": {"class_name": "__numpy__", "config": {"value": [2, 3], "dtype": "int32"}},
    "tensor": {"class_name": "__tensor__", "config": {"value": [[2.0]], "dtype": "float32"}},
    "bytes": {"class_name": "__bytes__", "config": {"value": "2"}},
    "ellipsis": {"class_name": "__ellipsis__", "config": {}},
    "layer": {"module": "keras.layers", "class_name": "Flatten", "config": {}, "registered_name": None},
}


@attacks("CWE-843: units", VALUES)
def units(lab, value):
    return lab.layer(units=value)


NAMED = {"number": 3, "list": ["relu"], "dict": {"a": 1}, "text": "no such thing", "true": True}


@attacks("CWE-843: an initializer", NAMED)
def initializer(lab, value):
    return lab.layer(kernel_initializer=value)


@attacks("CWE-843: an activation", NAMED)
def activation(lab, value):
    return lab.layer(activation=value)


@attacks("CWE-843: a regularizer", NAMED)
def regularizer(lab, value):
    return lab.layer(kernel_regularizer=value)


@attacks(
    "CWE-843: a dtype",
    {
        "number": 3,
        "text": "float1000",
        "object": "object",
        "list": ["float32"],
        "struct": "f4,f4",
        "time": "M8[s]",
        "void": "V1000000000",
    },
)
def dtype(lab, value):
    return lab.layer(dtype=value)


@attacks(
    "CVE-2019-6446: an array of objects", {"object": "object", "void": "V8", "time": "M8[s]", "struct": [["a", "f4"]]}
)
def array_dtype(lab, dtype):
    value = {"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": dtype}}
    return lab.layer(
        bias_initializer={
            "module": "keras.initializers",
            "class_name": "Constant",
            "config": {"value": value},
            "registered_name": None,
        }
    )


SPECIAL = {
    "tensor": "__tensor__",
    "numpy": "__numpy__",
    "bytes": "__bytes__",
    "slice": "__slice__",
    "keras_tensor": "__keras_tensor__",
}


@attacks("CWE-843: special values without what belongs to them", SPECIAL)
def empty_special(lab, name):
    return lab.layer(units={"class_name": name, "config": {}})


@attacks("CWE-843: special values with a list for a config", SPECIAL)
def listed_special(lab, name):
    return lab.layer(units={"class_name": name, "config": [1]})


@attacks(
    "CWE-843: the list of layers",
    {
        "none": None,
        "number": 3,
        "text": "abc",
        "dict": {"a": 1},
        "numbers": [1, 2],
        "nones": [None],
        "lists": [[1]],
        "empty": [],
    },
)
def layers_of(lab, value):
    return lab.changed(lambda c: c["config"].update(layers=value), "graph")


@attacks(
    "CWE-843: the config of a layer",
    {"none": None, "number": 3, "text": "abc", "list": [1], "unknown": {"surprise": 1}},
)
def config_of_layer(lab, value):
    return lab.changed(lambda c: dense(c).update(config=value))


@attacks("CWE-843: the config of the model", {"number": 3, "text": "abc", "list": [1], "unknown": {"surprise": 1}})
def config_of_model(lab, value):
    return lab.changed(lambda c: c.update(config=value))


@attacks(
    "CWE-843: build_config",
    {
        "number": {"input_shape": 3},
        "text": {"input_shape": "abc"},
        "deep": {"input_shape": [[[1]]]},
        "list": [1],
        "negative": {"input_shape": [None, -3]},
    },
)
def build_config(lab, value):
    def edit(config):
        config["config"]["layers"] = [dense(config)]
        config["config"].pop("build_input_shape", None)
        dense(config)["build_config"] = value

    return lab.changed(edit)


@attacks(
    "CWE-843: compile_config",
    {
        "number": 3,
        "text": "abc",
        "list": [1],
        "optimizer": {"optimizer": 3},
        "loss": {"loss": 3, "optimizer": "adam"},
        "weights": {"optimizer": "adam", "loss": "mse", "loss_weights": {"x": "y"}},
    },
)
def compile_config(lab, value):
    return lab.changed(lambda c: c.update(compile_config=value), "compiled")


@attacks(
    "CWE-843: shapes",
    {
        "text": "abc",
        "number": 3,
        "nested": [None, [3]],
        "negative": [None, -3],
        "float": [None, 3.5],
        "bools": [True, True],
        "rank": [None] * 100_000,
    },
)
def input_shape(lab, value):
    return lab.changed(lambda c: c["config"]["layers"][0]["config"].update(batch_shape=value))


@attack("CWE-843: a number where a list is unpacked")
def dtype_policy(lab):
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": 3}, "registered_name": None}
    return lab.layer(dtype=policy)


@attack("CWE-843: a policy of dtypes that is a layer")
def layer_as_policy(lab):
    return lab.layer(dtype=VALUES["layer"])
