"""Graphs of layers that no program draws."""

from corpus import attack, attacks


def _last(config):
    return config["config"]["layers"][-1]


def _tensor(name, node=0, index=0):
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 3], "dtype": "float32", "keras_history": [name, node, index]},
    }


@attack("CWE-835: a layer that is called on its own output")
def cycle_of_one(lab):
    return lab.changed(lambda c: _last(c).update(inbound_nodes=[{"args": [_tensor("dense")], "kwargs": {}}]), "graph")


@attack("CWE-835: two layers, each on the output of the other")
def cycle_of_two(lab):
    def edit(config):
        first = _last(config)
        second = {**first, "name": "b", "config": {**first["config"], "name": "b"}}
        first["inbound_nodes"] = [{"args": [_tensor("b")], "kwargs": {}}]
        second["inbound_nodes"] = [{"args": [_tensor("dense")], "kwargs": {}}]
        config["config"]["layers"].append(second)

    return lab.changed(edit, "graph")


PLACES = {
    "unknown": ["nowhere", 0, 0],
    "node": ["x", 7, 0],
    "index": ["x", 0, 7],
    "huge": ["x", 10**30, 0],
    "text": ["x", "a", "b"],
    "short": ["x"],
    "list": [["x"], 0, 0],
    "dict": {"x": 0},
    "number": 3,
    "float": ["x", 0.5, 0],
    "long_index": ["x", 0, 10**30],
}


@attacks("CWE-129: addresses of tensors", PLACES)
def address(lab, place):
    tensor = _tensor("x")
    tensor["config"]["keras_history"] = place
    return lab.changed(lambda c: _last(c).update(inbound_nodes=[{"args": [tensor], "kwargs": {}}]), "graph")


@attacks("CWE-129: the outputs of the model", {**PLACES, "none": None, "empty": []})
def output(lab, place):
    return lab.changed(lambda c: c["config"].update(output_layers=place), "graph")


@attacks("CWE-129: the inputs of the model", {**PLACES, "none": None})
def input_of(lab, place):
    return lab.changed(lambda c: c["config"].update(input_layers=place), "graph")


NODES = {
    "number": 3,
    "text": "abc",
    "numbers": [1],
    "nones": [None],
    "no_args": [{"kwargs": {}}],
    "empty": [[]],
    "args": [{"args": 3, "kwargs": {}}],
    "kwargs": [{"args": [], "kwargs": 3}],
    "surprise": [{"args": [_tensor("x")], "kwargs": {"surprise": 1}}],
    "many": [{"args": [_tensor("x")] * 3000, "kwargs": {}}],
}


@attacks("CWE-843: calls of layers", NODES)
def calls(lab, nodes):
    return lab.changed(lambda c: _last(c).update(inbound_nodes=nodes), "graph")


@attack("CWE-407: layers in an order in which each waits for the next")
def quadratic_order(lab):
    def edit(config):
        layers = config["config"]["layers"]
        start, last = layers[0], layers[-1]
        chain = []
        for i in range(5_000):
            before = f"d{i - 1}" if i else "x"
            entry = {
                **last,
                "name": f"d{i}",
                "config": {"name": f"d{i}", "rate": 0.0},
                "class_name": "Dropout",
                "build_config": None,
            }
            chain.append({**entry, "inbound_nodes": [{"args": [_tensor(before)], "kwargs": {}}]})
        config["config"]["layers"] = [start, *reversed(chain)]
        config["config"]["output_layers"] = ["nowhere", 0, 0]

    return lab.changed(edit, "graph")


@attack("a layer of ops with the arguments of another")
def operation_with_other_arguments(lab):
    def edit(config):
        config["config"]["layers"].append(
            {
                "module": "keras.src.ops.numpy",
                "class_name": "Reshape",
                "config": {"newshape": "abc"},
                "registered_name": "Reshape",
                "name": "r",
                "inbound_nodes": [{"args": [_tensor("x")], "kwargs": {}}],
            }
        )

    return lab.changed(edit, "graph")
