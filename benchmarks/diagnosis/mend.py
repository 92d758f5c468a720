"""Fixes that are applied, and networks that are trained to see whether they help.

A fix is applied from what the finding says: its rule, layer and `fix`, never from what was planted. Where the text
says to look at how the data was read, the data as it should have been read stands for that; where it says to look for
a step without slope, the Lambda layers are left out.

A network trains if its skill after the budget (`Setup.epochs` at the batch size of `fit`, the seed that the faulty
one has too) is at least 0.5, and at least 0.8 times that of the program before the fault was planted, where there is
one. Skill is the share of the error of the best constant answer that is no longer made, on all rows given: 1 - wrong
/ wrong of the most frequent class, or R².
"""

import re
import warnings

import numpy as np
from _setup import Setup, keras, layers

_ACTIVATIONS = ("Activation", "Softmax", "ReLU", "LeakyReLU", "ELU")
_STATEMENT = re.compile(
    r"(?:^|: )((?:x|y|keep|order)(?:, [xy])? = .+?)(?:, or |, and |, undone|, before|: the | for indices|\.$|$)"
)
_DENSE = re.compile(
    r'(Dense|Conv1D|Conv2D|Embedding|Dropout|\w+Dropout)\((\d[\d.]*)(?:, (\d+))?(?:, \.\.\.)?(?:, activation="(\w+)")?[,)]'
)


def mended(setup, finding):
    """The setup with the fix applied; None where the text says nothing that can be applied."""
    fix, done = finding.fix, False
    if "was read" in fix or "were read" in fix:
        if setup.right is None:
            return None
        setup.x, setup.y = setup.right
        return setup
    for step in (_data, _loss, _optimizer, _options, _layers):
        done = step(setup, finding, fix) or done
    return setup if done else None


def skill(setup):
    """The skill that the network of a setup has after its training; 0 where it cannot be trained."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = setup.compiled()
            model.fit(setup.x, setup.y, epochs=setup.epochs, verbose=0, diagnose="off", **setup.options)
            outputs = model.predict(setup.x, verbose=0)
    except Exception:
        return 0.0
    if isinstance(outputs, dict):
        return float(np.mean([_skill(outputs[name], setup.y[name], None) for name in outputs]))
    return _skill(outputs, setup.y, setup.loss)


def _skill(p, y, loss):
    p, y = np.asarray(p, "float64"), np.asarray(y, "float64")
    if not np.isfinite(p).all() or not np.isfinite(y).all():
        return 0.0
    units = p.shape[-1]
    if units > 1 and y.size * units == p.size:
        return _share(p.reshape(-1, units).argmax(1), y.reshape(-1))
    if y.size != p.size:
        return 0.0
    if set(np.unique(y)) <= {0.0, 1.0}:
        if units > 1 and np.all(y.reshape(-1, units).sum(1) == 1):
            return _share(p.reshape(-1, units).argmax(1), y.reshape(-1, units).argmax(1))
        edge = 0.0 if getattr(loss, "_fn_kwargs", {}).get("from_logits") else 0.5
        return _share(p.reshape(-1) > edge, y.reshape(-1))
    p, y = p.reshape(len(y), -1), y.reshape(len(y), -1)
    total = np.sum((y - y.mean(0)) ** 2)
    return float(1 - np.sum((y - p) ** 2) / total) if total else 0.0


def _share(answers, labels):
    _, counts = np.unique(labels, return_counts=True)
    most = counts.max() / len(labels)
    return float((np.mean(answers == labels) - most) / (1 - most)) if most < 1 else 0.0


# --- what a text can say ----------------------------------------------------------------------------------------------------


def _data(setup, finding, fix):
    found = _STATEMENT.search(fix)
    if "targets scaled to deviation 1" in fix and isinstance(setup.y, dict):
        setup.y = {name: (y - y.mean()) / y.std() for name, y in setup.y.items()}
        return True
    if not found:
        return False
    names = {"np": np, "x": np.asarray(setup.x), "y": np.asarray(setup.y)}
    shape = names["x"].shape[1:]
    exec(found[1], names)
    x = names["x"]
    setup.x, setup.y = (x.astype("float32") if x.dtype == "float64" else x), names["y"]
    if setup.x.shape[1:] != shape:
        setup.model = keras.Sequential([keras.Input(setup.x.shape[1:]), *map(_copy, setup.model.layers)])
    return True


def _loss(setup, finding, fix):
    if found := re.search(r'loss="(\w+)"', fix):
        setup.loss = found[1]
    elif "from_logits=" in fix and "activation" not in fix.partition(",")[0]:
        config = {"name": None, **setup.loss.get_config()} if hasattr(setup.loss, "get_config") else {}
        kind = type(setup.loss) if config else _class_of(setup.loss)
        setup.loss = kind(**{**config, "from_logits": "from_logits=True" in fix})
    elif "other sign" in fix:
        own = setup.loss
        setup.loss = lambda y, p: -own(y, p)
    elif found := re.search(r"metrics=\[['\"](\w+)['\"]\]", fix):
        setup.metrics = [found[1]]
    else:
        return False
    return True


def _class_of(name):
    return getattr(keras.losses, "".join(part.capitalize() for part in name.split("_")))


def _optimizer(setup, finding, fix):
    optimizer = keras.optimizers.get(setup.optimizer)
    config = optimizer.get_config()
    if found := re.search(r"learning_rate=([\d.e-]+)\)", fix):
        config["learning_rate"] = float(found[1])
    elif "learning rate 10 times smaller" in fix or "smaller learning rate" in fix:
        config["learning_rate"] = float(np.asarray(optimizer.learning_rate)) / 10
        config["clipnorm"] = 1.0 if "and clipnorm=1.0" in fix else None
    elif "decay_steps" in fix:
        config["learning_rate"] = float(np.asarray(finding.evidence["highest"]))
    elif found := re.search(r"(clipnorm|clipvalue|global_clipnorm|epsilon)=([\d.e-]+)", fix):
        config[found[1]] = float(found[2].rstrip("."))
    else:
        return False
    setup.optimizer = type(optimizer).from_config(config)
    return True


def _options(setup, finding, fix):
    if "shuffle=True" in fix:
        setup.options["shuffle"] = True
    elif found := re.search(r"batch_size=(\d+)", fix):
        setup.options["batch_size"] = int(found[1])
    elif found := re.search(r"validation_split=([\d.]+)", fix):
        setup.options = {**setup.options, "validation_split": float(found[1].rstrip("."))}
        setup.options.pop("validation_data", None)
    elif 'class_weight="balanced"' in fix:
        setup.options["class_weight"] = "balanced"
    elif "weight above 0" in fix or "weights above 0" in fix:
        setup.options = {name: v for name, v in setup.options.items() if not name.endswith("_weight")}
    elif "EarlyStopping" in fix:
        setup.options["callbacks"] = [keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)]
    elif "trainable = True" in fix:
        setup.model.trainable = True
    else:
        return False
    return True


def _layers(setup, finding, fix):
    named = next(
        (
            x
            for x in setup.model.layers
            if finding.layer in (x.path, x.name) or (finding.layer or "").endswith(f"/{x.name}")
        ),
        None,
    )
    if "Lambda" in str([type(x).__name__ for x in setup.model.layers]) and "step without slope" in fix:
        return _replace(setup, {x.name: layers.Identity() for x in setup.model.layers if type(x).__name__ == "Lambda"})
    if "l2(1e-4)" in fix:
        l2 = keras.regularizers.L2(1e-4)
        return _replace(
            setup,
            {
                x.name: _copy(x, kernel_regularizer=l2)
                for x in setup.model.layers
                if getattr(x, "kernel_regularizer", None)
            },
        )
    if "in the hidden layers" in fix:
        return _replace(
            setup, {x.name: _copy(x, activation="relu") for x in setup.model.layers[:-1] if hasattr(x, "activation")}
        )
    if found := re.search(r"return_sequences=False in (\w+)", fix):
        return _replace(setup, {found[1]: _copy(setup.model.get_layer(found[1]), return_sequences=False)})
    if found := re.search(r"Flatten or global pooling layer before (\w+)", fix):
        return _replace(setup, {found[1]: [layers.Flatten(), _copy(setup.model.get_layer(found[1]))]})
    if found := re.search(r"leave out (?:the layer )?(\w+)[,:]", fix):
        return _replace(setup, {found[1]: layers.Identity()})
    if named is None:
        return False
    if "leave it out" in fix:
        return _replace(setup, {named.name: layers.Identity()})
    if "before the last" in fix:
        return _move(setup, named, -2)
    if found := re.search(r"(\w+) behind (\w+) and its activation", fix):
        return _move(setup, named, 1)
    if "Dense instead of Embedding" in fix:
        return _replace(setup, {named.name: layers.Dense(named.output_dim)})
    changes = {}
    if found := _DENSE.search(fix):
        kind, first, second, activation = found.groups()
        if kind == "Embedding":
            changes |= {"input_dim": int(first), "output_dim": int(second)}
        elif kind.endswith("Dropout"):
            changes["rate"] = float(first)
        else:
            changes["units" if kind == "Dense" else "filters"] = int(float(first))
        if activation:
            changes["activation"] = activation
    for name in ("activation", "kernel_initializer", "bias_initializer"):
        if found := re.search(rf'\b{name}="(\w+)"', fix):
            changes[name] = found[1]
    if found := re.search(r"Softmax\(axis=(-?\d+)\)", fix):
        changes["axis"] = int(found[1])
    if not changes:
        return False
    parts = {named.name: _copy(named, **changes)}
    if "activation" in changes:  # what stood as a layer behind it is part of it
        place = setup.model.layers.index(named)
        for behind in setup.model.layers[place + 1 :]:
            if type(behind).__name__ not in _ACTIVATIONS:
                break
            parts[behind.name] = layers.Identity()
    return _replace(setup, parts)


def _copy(layer, **changes):
    if type(layer).__name__ == "Lambda" or hasattr(layer, "layers"):
        return layer
    config = layer.get_config()
    if "return_sequences" in changes or "units" not in changes or "units" in config:
        return type(layer).from_config({**config, **changes})
    return layer


def _replace(setup, parts):
    """The model with some layers replaced by others, by name."""
    model = setup.model
    if isinstance(model, keras.Sequential):
        chain = [part for x in model.layers for part in _as_list(parts.get(x.name, None) or _copy(x))]
        setup.model = keras.Sequential([keras.Input(np.shape(setup.x)[1:]), *chain])
    elif hasattr(model, "inputs") and getattr(model, "_operations", None):
        setup.model = keras.models.clone_model(model, clone_function=lambda x: parts.get(x.name) or _copy(x))
    else:
        for name, value in list(vars(model).items()):
            if getattr(value, "name", None) in parts:
                setattr(model, name, parts[value.name])
    return bool(parts)


def _move(setup, layer, by):
    """The layer elsewhere in a chain: so many places on, or of the end of it; an activation that follows goes along."""
    chain = [x for x in setup.model.layers if x is not layer]
    place = setup.model.layers.index(layer) + by if by > 0 else len(chain) + by + 1
    while by > 0 and place < len(chain) and type(chain[place]).__name__ in _ACTIVATIONS:
        place += 1
    while by < 0 and type(chain[place]).__name__ in _ACTIVATIONS and place > 0:
        place -= 1
    chain.insert(place, layer)
    setup.model = keras.Sequential([keras.Input(np.shape(setup.x)[1:]), *map(_copy, chain)])
    return True


def _as_list(part):
    return part if isinstance(part, list) else [part]


__all__ = ["Setup", "mended", "skill"]
