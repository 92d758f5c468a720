"""Code in a file, and names of functions that would run it."""

import base64
import marshal
import pickle

from corpus import CONFIG, WEIGHTS, attack, attacks, dense


def _marshalled():
    return base64.b64encode(marshal.dumps(compile("open('/tmp/pwned', 'w')", "<x>", "exec"))).decode()


@attack("CVE-2024-3660: a Lambda layer of Keras runs the code in its config")
def lambda_layer(lab):
    function = {"class_name": "__lambda__", "config": {"code": _marshalled(), "defaults": None, "closure": None}}
    return lab.added("Lambda", {"name": "l", "function": function})


@attack("CVE-2024-3660, in the list of Keras 2")
def lambda_as_list(lab):
    return lab.added("Lambda", {"name": "l", "function": [_marshalled(), None, None], "function_type": "lambda"})


@attack("CVE-2025-9905: .h5 files did not honour safe_mode")
def lambda_in_old_file(lab):
    from lamina import models

    entry = {
        "class_name": "Lambda",
        "config": {"name": "l", "function": [_marshalled(), None, None], "function_type": "lambda"},
    }
    path = lab.old_config(lambda c: c["config"]["layers"].append(entry))
    return path, lambda p: models.load_model(p, safe_mode=False)


@attack("CVE-2025-9906: a config that names the switch of the safe mode first")
def switches_safe_mode_off(lab):
    def edit(config):
        config["config"]["layers"].insert(
            1,
            {
                "module": "keras.config",
                "class_name": "function",
                "config": "enable_unsafe_deserialization",
                "registered_name": "function",
            },
        )

    return lab.changed(edit)


@attack("CVE-2025-9906: safe_mode as a key of the config")
def safe_mode_in_config(lab):
    def edit(config):
        config["safe_mode"] = config["config"]["safe_mode"] = False
        dense(config)["config"]["activation"] = {
            "class_name": "__lambda__",
            "config": {"code": _marshalled(), "defaults": None, "closure": None},
        }

    return lab.changed(edit)


GADGETS = {
    "system": ("os", "system"),
    "eval": ("builtins", "eval"),
    "exec": ("builtins", "exec"),
    "popen": ("subprocess", "Popen"),
    "import": ("importlib", "import_module"),
    "pickle": ("pickle", "loads"),
    "ctypes": ("ctypes", "CDLL"),
    "get_file": ("keras.utils", "get_file"),
    "load_model": ("keras.models", "load_model"),
    "rmtree": ("shutil", "rmtree"),
    "private": ("lamina.saving._writer", "write_bytes"),
    "open": ("io", "open"),
    "numpy_load": ("numpy", "load"),
    "backend": ("keras.src.backend", "set_keras_base_directory"),
    "run": ("lamina.cli", "main"),
}


@attacks("CVE-2025-1550: a config names any function of any module", GADGETS)
def gadget_function(lab, row):
    module, name = row
    function = {"module": module, "class_name": "function", "config": name, "registered_name": "function"}
    return lab.layer(activation=function)


@attacks("CVE-2025-1550: a config names any class of any module", GADGETS)
def gadget_class(lab, row):
    module, name = row
    return lab.added(name, {"name": "x", "args": ["touch /tmp/pwned"]}, module=module, registered_name=name)


@attack("CVE-2025-8747: keras.utils.get_file as a gadget that downloads")
def downloading_activation(lab):
    return lab.layer(
        activation={
            "module": "keras.utils",
            "class_name": "function",
            "config": "get_file",
            "registered_name": "get_file",
            "build_config": {"origin": "http://127.0.0.1:9/x"},
        }
    )


@attack("CVE-2025-49655: TorchModuleWrapper unpickles what the config holds")
def pickled_torch_module(lab):
    code = base64.b64encode(pickle.dumps(print)).decode()
    return lab.added(
        "TorchModuleWrapper", {"name": "t", "module": {"class_name": "__bytes__", "config": {"value": code}}}
    )


@attack("Keras: TFSMLayer loads a SavedModel, which runs its graph")
def saved_model_layer(lab):
    return lab.added("TFSMLayer", {"name": "t", "filepath": str(lab.secret), "call_endpoint": "serve"})


@attacks("Keras: JaxLayer and FlaxLayer hold functions", {"jax": "JaxLayer", "flax": "FlaxLayer"})
def layers_of_functions(lab, name):
    return lab.added(
        name, {"name": "t", "call_fn": {"class_name": "__lambda__", "config": {"code": _marshalled()}}, "params": {}}
    )


@attack("CVE-2022-45907: torch evaluates a type annotation in a string")
def expression_as_dtype(lab):
    return lab.layer(dtype="__import__('os').system('touch /tmp/pwned')")


@attack("einsum equations and regular expressions are texts too")
def expression_as_equation(lab):
    return lab.added("EinsumDense", {"name": "e", "equation": "__import__('os').system('x')", "output_shape": [2]})


@attack("CVE-2021-37678: YAML with a tag that calls a function")
def yaml_as_config(lab):
    return lab.text('!!python/object/apply:os.system ["touch /tmp/pwned"]')


@attacks("CVE-2025-32434, CVE-2019-6446: a pickle in the place of a member", {"config": CONFIG, "weights": WEIGHTS})
def pickle_as_member(lab, name):
    return lab.pack({**lab.members(), name: pickle.dumps({"state": print})})


@attack("CVE-2025-1550, in the loss of compile_config")
def gadget_as_loss(lab):
    loss = {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}
    return lab.changed(lambda c: c["compile_config"].update(loss=loss), "compiled")


@attack("CVE-2025-1550, in the metrics of compile_config")
def gadget_as_metric(lab):
    metric = {"module": "builtins", "class_name": "eval", "config": {"source": "1"}, "registered_name": "eval"}
    return lab.changed(lambda c: c["compile_config"].update(metrics=[metric]), "compiled")


@attack("CVE-2025-1550, in the optimizer of compile_config")
def gadget_as_optimizer(lab):
    optimizer = {"module": "subprocess", "class_name": "Popen", "config": {"args": "id"}, "registered_name": None}
    return lab.changed(lambda c: c["compile_config"].update(optimizer=optimizer), "compiled")


@attack("a format string in a name reads attributes")
def format_string_as_class(lab):
    return lab.added("{0.__class__.__init__.__globals__}", {"name": "x"})
