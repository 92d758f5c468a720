"""What to use in place of names that Keras has, or had, and lamina has not."""

from ._hints import did_you_mean
from ._names import NAMES, SUBMODULES

# Path -> what to do.
ADVICE: dict[str, str] = {
    "distribute": "lamina.distribution, on the jax engine or the torch engine",
    "utils.multi_gpu_model": "lamina.distribution.DataParallel, on the jax engine",
    "estimator": "fit the model itself with model.fit, or use lamina.wrappers for scikit-learn",
    "experimental": "what it held has its place in lamina now: look in lamina.layers, lamina.optimizers, lamina.ops",
    "layers.TFSMLayer": "write a layer of your own, or prepare the data with NumPy",
    "layers.experimental": "the layers that it held are in lamina.layers",
    "layers.CuDNNLSTM": "lamina.layers.LSTM",
    "layers.CuDNNGRU": "lamina.layers.GRU",
    "layers.ThresholdedReLU": "lamina.layers.ReLU(threshold=...)",
    "layers.merge": "lamina.layers.Concatenate, Add, Multiply, Average or Dot",
    "layers.Merge": "lamina.layers.Concatenate, Add, Multiply, Average or Dot",
    "layers.Highway": "two Dense layers, a gate and a product",
    "layers.MaxoutDense": "lamina.layers.Dense, Reshape and ops.max",
    "layers.DenseFeatures": "lamina.utils.FeatureSpace",
    "layers.LocallyConnected1D": "lamina.legacy or a layer of your own over lamina.ops",
    "wrappers.scikit_learn": "lamina.wrappers.SKLearnClassifier and SKLearnRegressor",
    "ops.gradient": "lamina.ops has no tape; model.fit differentiates, and lamina.GradientTape for steps of your own",
    "data.AUTOTUNE": "leave it out; batches are prepared ahead anyway",
    "nn": "lamina.layers for layers, lamina.ops.nn for functions, lamina.losses for losses",
    "optim": "lamina.optimizers",
    "torch": "lamina.layers, lamina.ops and lamina.optimizers",
    "constant": "lamina.ops.convert_to_tensor",
    "tensor": "lamina.ops.convert_to_tensor",
    "function": "nothing: steps are compiled by model.compile",
}


def no_such_name(module: str, name: str) -> str:
    """The sentence for a public module that is asked for what it lacks: what is there instead, or what was meant.

    Args:
        module: with the package's name, "lamina.layers".
        name: what was asked for.
    """
    namespace = module.removeprefix("lamina").lstrip(".")
    said = f"module {module!r} has no attribute {name!r}."
    advice = ADVICE.get(f"{namespace}.{name}".lstrip("."))
    if advice is not None:
        return f"{said} It is a name of other programs; in lamina: {advice}."
    homes = [f"lamina.{place}.{name}" if place else f"lamina.{name}" for place in NAMES if name in NAMES[place]]
    if homes:
        return f"{said} There is {homes[0]}."
    return said + did_you_mean(name, {*NAMES.get(namespace, ()), *SUBMODULES.get(namespace, ())})
