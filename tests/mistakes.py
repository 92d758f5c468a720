"""Typical mistakes: a program, and words that the answer must hold. docs/errors.md shows them with their answers."""

import warnings
from dataclasses import dataclass

import lamina

BEFORE = """
import numpy as np
import lamina
from lamina import callbacks, layers, losses, metrics, ops, optimizers, utils

x, y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")

def made(*stack, loss="mse", **options):
    model = lamina.Sequential([lamina.Input((4,), name="rows"), *stack], name="net")
    model.compile("sgd", loss, **options)
    return model
""".strip()


@dataclass(frozen=True)
class Mistake:
    """A program that is wrong, after `BEFORE`, and what its answer must say: what, got, expected, what to do."""

    program: str
    words: tuple[str, ...]


def answer(mistake: Mistake) -> str:
    """What is said: the error or warning, and its notes."""
    utils = lamina.utils
    utils.clear_session()
    space: dict = {}
    exec(BEFORE, space)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            exec(mistake.program, space)
        except Exception as error:
            said = f"{type(error).__name__}: {error}".partition(" Known names")[0]
            return "\n".join([said, *(note for note in getattr(error, "__notes__", ()) if "follows" in note)])
    raise AssertionError(f"nothing is said about {mistake.program}")


def _of(program: str, *words: str) -> Mistake:
    return Mistake(program, words)


MISTAKES: dict[str, list[Mistake]] = {
    "Names that do not exist": [
        _of('made(layers.Dense(1)).compile("adaam")', "optimizer 'adaam'", "mean 'Adam'"),
        _of('made(layers.Dense(1), loss="mes")', "loss 'mes'", "mean 'mse'"),
        _of('made(layers.Dense(3), loss="cce")', "loss 'cce'", "mean 'categorical_crossentropy'"),
        _of('made(layers.Dense(1), metrics=["r2"])', "metric 'r2'", "mean 'R2Score'"),
        _of('made(layers.Dense(1), metrics="mae_")', "metric 'mae_'", "mean 'mae'"),
        _of('layers.Dense(3, activation="Relu")', "activation 'Relu'", "mean 'relu'"),
        _of('layers.Dense(3, kernel_initializer="xavier")', "initializer 'xavier'", "mean 'glorot_uniform'"),
        _of('layers.Dense(3, kernal_initializer="zeros")', "Dense", "kernal_initializer", "mean 'kernel_initializer'"),
        _of("layers.LSTM(3, return_sequence=True)", "LSTM", "mean 'return_sequences'"),
        _of("layers.Dens(3)", "lamina.layers", "'Dens'", "mean 'Dense'"),
        _of("lamina.Sequentail()", "'Sequentail'", "mean 'Sequential'"),
        _of("lamina.Dense(3)", "'Dense'", "There is lamina.layers.Dense"),
        _of("layers.CuDNNLSTM(3)", "'CuDNNLSTM'", "lamina.layers.LSTM"),
        _of("lamina.distribute", "'distribute'", "lamina.distribution"),
        _of("lamina.datasets.mnist.load()", "'load'", "mean 'load_data'"),
    ],
    "Arguments of layers": [
        _of('layers.Dense("5", name="logits")', 'Dense "logits"', "units", "positive integer", "'5'"),
        _of("layers.Dropout(30)", "Dropout", "rate", "between 0 and 1", "30"),
        _of('layers.Conv2D(8, 3, padding="sam", name="c")', 'Conv2D "c"', "padding", "'valid', 'same'", "'sam'"),
        _of('layers.Conv2D(8, 3, strides=2, dilation_rate=2, name="c")', 'Conv2D "c"', "strides and dilation_rate"),
        _of('layers.Embedding(0, 3, name="words")', 'Embedding "words"', "input_dim", "0"),
        _of("layers.Bidirectional(layers.Dense(3))", "Bidirectional", "recurrent", "LSTM", "Dense"),
        _of("lamina.Sequential([layers.Dense])", "Sequential", "expected a layer", "instance, with ()"),
        _of('lamina.Sequential([layers.Dense(2), "relu"])', "Sequential", "expected a layer", "'relu'"),
        _of('made(layers.Dense(1, name="a"), layers.Dense(1, name="a"))', "layer 'a' already", "pass name="),
        _of("lamina.Input()", "InputLayer", "shape=", "batch_shape="),
    ],
    "Networks that do not fit together": [
        _of(
            'lamina.Sequential([lamina.Input((5, 3)), layers.LSTM(4, name="first"), layers.LSTM(4, name="second")])',
            'LSTM "second"', "3 axes", "(None, 4)", 'Give "first" return_sequences=True',
        ),
        _of(
            'lamina.Sequential([lamina.Input((28, 28)), layers.Conv2D(8, 3, name="c")])',
            'Conv2D "c"', "4 axes", "(None, 28, 28)", "x[..., np.newaxis]",
        ),
        _of(
            'lamina.Sequential([lamina.Input((5, 5, 1)), layers.MaxPooling2D(8, name="pool")])',
            "(8, 8)", "does not fit", "(5, 5)", '"pool"',
        ),
        _of('layers.Reshape((3, 3), name="grid")(lamina.Input((8,)))', 'Reshape "grid"', "8 numbers", "(3, 3)"),
        _of(
            'layers.Add(name="total")([lamina.Input((8,), name="a"), lamina.Input((5,), name="b")])',
            'Add "total"', "[5, 8]", '"a"', '"b"',
        ),
        _of(
            'layers.Concatenate(name="both")([lamina.Input((3, 2), name="a"), lamina.Input((4, 3), name="b")])',
            'Concatenate "both"', "axis 1", "[3, 4]",
        ),
        _of('layers.Dense(3, name="d")(lamina.Input((None,)))', 'Dense "d"', "size None", "Input(shape=...)"),
        _of('layers.Dense(3, name="d")("rows")', 'Dense "d"', "expected a tensor", "'rows'"),
        _of('lamina.Model(lamina.Input((3,)), lamina.Input((3,), name="other"))', "name=other", "Add it to inputs="),
        _of("lamina.Model(lamina.Input((3,)), 3)", "outputs", "KerasTensors", "3"),
        _of('layers.Dense(3, name="d").kernel', "Dense", "kernel", "before the layer is built"),
        _of('made(layers.Dense(1, name="d")).get_layer("e")', "no layer 'e'", "'d'"),
    ],
    "NumPy and Python on symbolic tensors": [
        _of('np.log(lamina.Input((3,), name="rows"))', "np.log", "name=rows", "lamina.ops.log"),
        _of('np.concatenate([lamina.Input((3,), name="rows")] * 2)', "np.concatenate", "lamina.ops.concatenate"),
        _of('np.sum(lamina.Input((3,), name="rows"))', "np.sum", "lamina.ops.sum"),
        _of('float(lamina.Input((3,), name="rows"))', "float()", "symbolic", "lamina.ops"),
        _of('bool(lamina.Input((3,), name="rows"))', "truth test", "symbolic", "lamina.ops"),
        _of("ops.ones((2,))[0] = 1.0", "cannot be assigned", "lamina.ops.scatter_update"),
    ],
    "Compiling and fitting": [
        _of("lamina.Sequential([layers.Dense(1)]).fit(x, y)", "model.compile(", "model.fit()"),
        _of('made(layers.Dense(1)).fit(x, y, verbose="yes")', "verbose", "'yes'", "0, 1 or 2"),
        _of('made(layers.Dense(1)).fit(x, y, epochs="3")', "epochs", "positive integer", "'3'"),
        _of("made(layers.Dense(1)).fit(x, y, batch_size=0)", "batch_size", "positive integer", "0"),
        _of("made(layers.Dense(1)).fit(x, y, validation_split=1.5)", "validation_split", "between 0 and 1", "1.5"),
        _of("made(layers.Dense(1)).fit(x, verbose=0)", "holds no target", "Give y="),
        _of("made(layers.Dense(1)).fit(x, y, callbacks=[callbacks.EarlyStopping])", "callbacks", "make an instance"),
        _of("made(layers.Dense(1)).fit(x, y, class_weight=[1, 2])", "class_weight", "dict", "[1, 2]"),
        _of('made(layers.Dense(1, name="out"), loss={"oot": "mse"}).fit(x, y)', "output 'oot'", "'out'"),
        _of("optimizers.Adam(learning_rate=-1)", "Adam", "learning_rate", "-1"),
        _of('optimizers.Adam("0.1")', "Adam", "learning_rate", "a number", "'0.1'"),
        _of("optimizers.Adam(beta_1=1.5)", "Adam", "beta_1", "1.5"),
        _of("optimizers.get(3)", "optimizer", "3", "'adam'"),
        _of(
            'made(layers.Dense(1)).fit(x, y, verbose=0, callbacks=[callbacks.EarlyStopping(monitor="val_lss")])',
            "monitor='val_lss'", "there are loss", "mode='min'",
        ),
    ],
    "Data that do not fit the model": [
        _of('made(layers.Dense(1)).predict(np.ones((2, 3)))', "'rows'", "(None, 4)", "(2, 3)"),
        _of("made(layers.Dense(1)).fit(x, np.ones(5))", "number of samples", "x: 8", "y: 5"),
        _of('made(layers.Dense(1)).fit(np.array([["a", "b"]]), np.ones(1))', "strings", "StringLookup"),
        _of(
            'made(layers.Dense(3, activation="softmax"), loss="categorical_crossentropy").fit(x, np.arange(8) % 3, verbose=0)',
            "(8,)", "sparse_categorical_crossentropy", "to_categorical",
        ),
        _of(
            "losses.CategoricalCrossentropy()(np.array([0, 1]), np.ones((2, 3)) / 3)",
            "(2,)", "(2, 3)", "sparse_categorical_crossentropy",
        ),
        _of(
            'made(layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy").fit(x, np.eye(3)[np.arange(8) % 3])',
            "one-hot", "categorical_crossentropy",
        ),
        _of(
            'made(layers.Dense(3, "softmax", name="out"), loss="sparse_categorical_crossentropy").fit(x, np.arange(8) % 4)',
            "0 to 3", "'out'", "3 units", "start at 0",
        ),
        _of(
            'made(layers.Dense(1, "sigmoid", name="out"), loss="binary_crossentropy").fit(x, y * 3, verbose=0)',
            "3.0", "'out'", "0 ... 1",
        ),
        _of("utils.to_categorical([0, 5], 3)", "to_categorical", "0 ... 2", "0 to 5"),
        _of('utils.to_categorical(["red"])', "to_categorical", "'red'", "StringLookup"),
        _of('layers.StringLookup(name="words")(["red"])', 'StringLookup "words"', "adapt(data)"),
    ],
    "Array functions": [
        _of("ops.matmul(np.ones((2, 3)), np.ones((2, 3)))", "matmul", "size 3", "size 2", "equal"),
        _of("ops.concatenate([np.ones((2, 3)), np.ones((3, 2))])", "concatenate", "(2, 3)", "(3, 2)"),
        _of("ops.stack([np.ones(2), np.ones(3)])", "stack", "(2,)", "(3,)"),
        _of("ops.reshape(np.ones(6), (4, 2))", "reshape", "6 elements", "(4, 2)"),
        _of('ops.cast(np.ones(2), "flaot32")', "dtype", "float32", "'flaot32'"),
    ],
    "Files": [
        _of('lamina.models.load_model("nothere.keras")', "nothere.keras", "no such file"),
        _of('made(layers.Dense(1)).save("model.h6")', ".keras", "'model.h6'"),
        _of("made(layers.Dense(1)).set_weights([np.ones((4, 1))])", "set_weights", "2 arrays", "1"),
    ],
}  # fmt: skip
