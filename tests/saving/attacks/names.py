"""Names that mean something else than they seem to."""

from corpus import attack, attacks, dense

MODULES = {
    "prefix": "keras_evil.layers",
    "dots": "keras...layers.os",
    "dunder": "keras.layers.__builtins__",
    "empty": "",
    "list": ["keras.layers"],
    "number": 3,
    "private": "lamina.layers.core._dense",
    "space": "keras.layers ",
    "null_byte": "keras.layers\0",
}


@attacks("CVE-2025-1550: module paths", MODULES)
def strange_module(lab, module):
    return lab.changed(lambda c: dense(c).update(module=module, class_name="Nothing", registered_name=None))


CLASSES = {
    "number": 3,
    "none": None,
    "list": ["Dense"],
    "dict": {"a": 1},
    "dunder": "__class__",
    "function": "function",
    "dotted": "Dense.__init__",
    "registered": "Custom>Dense",
    "empty": "",
    "base": "object",
    "long": "D" * 100_000,
}


@attacks("registered names and classes of every kind", CLASSES)
def strange_class(lab, name):
    return lab.changed(lambda c: dense(c).update(class_name=name, registered_name=name))


@attack("a registered name of another kind of object")
def optimizer_as_layer(lab):
    return lab.changed(
        lambda c: dense(c).update(module="keras.optimizers", class_name="Adam", config={"learning_rate": 0.1})
    )


@attack("a layer as the whole model")
def layer_as_model(lab):
    return lab.changed(dense)


@attack("a loss as the whole model")
def loss_as_model(lab):
    return lab.changed(
        lambda c: {"module": "keras.losses", "class_name": "Huber", "config": {}, "registered_name": None}
    )


@attack("a callback, which writes files, as a layer")
def callback_as_layer(lab):
    return lab.added("ModelCheckpoint", {"filepath": str(lab.secret / "x")}, module="keras.callbacks")


@attacks(
    "functions of the house that do no work of a model",
    {"get": "get", "deserialize": "deserialize", "serialize": "serialize"},
)
def helper_as_activation(lab, name):
    return lab.layer(
        activation={"module": "keras.activations", "class_name": "function", "config": name, "registered_name": name}
    )


@attack("one shared object id for objects of two kinds")
def shared_id_confusion(lab):
    def edit(config):
        config["config"]["layers"][0]["shared_object_id"] = 1
        dense(config)["config"]["kernel_initializer"] = {**config["config"]["layers"][0], "shared_object_id": 1}

    return lab.changed(edit)


@attack("two layers of one name")
def two_layers_of_one_name(lab):
    return lab.changed(lambda c: c["config"]["layers"].append(dense(c)))


NAMES = {"up": "../../evil", "absolute": "/etc/evil", "list": ["a"], "number": 7, "null_byte": "a\0b", "dict": {"a": 1}}


@attacks("zip-slip (Snyk 2018): names of layers are places in the file", NAMES)
def strange_layer_name(lab, name):
    return lab.layer(name=name)
