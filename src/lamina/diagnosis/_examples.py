"""Small programs that are right, of which the rules' examples are made by one change."""


def net(last: str, loss: str, y: str, more: str = "") -> str:
    """A small program whose last layer, loss and targets are told; the data is scaled."""
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = {y}
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), {last}])
model.compile(optimizer="adam", loss={loss}{more})"""


ONE_OF_TWO, ONE_OF_FOUR = "(x[:, 0] > 0).astype(int)", "(x[:, 0] > 0) + 2 * (x[:, 1] > 0)"
ROWS = f"np.eye(4)[{ONE_OF_FOUR}]"
SIGMOID = net('layers.Dense(1, activation="sigmoid")', '"binary_crossentropy"', ONE_OF_TWO)
SOFTMAX = net('layers.Dense(4, activation="softmax")', '"categorical_crossentropy"', ROWS)
LOGITS = net("layers.Dense(4)", "lamina.losses.SparseCategoricalCrossentropy(from_logits=True)", ONE_OF_FOUR)
LABELS = net('layers.Dense(3, activation="sigmoid")', '"binary_crossentropy"', "(x[:, :3] > 0).astype(int)")
LINEAR = net("layers.Dense(1)", '"mse"', "x[:, :1]")

# A regression that is right; `{change}` makes it wrong.
REGRESSION = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
{change}
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")"""


def own_loss(formula: str) -> str:
    """A program whose loss is a formula of targets t and outputs p, of the user's own."""
    return net("layers.Dense(1)", f"lambda t, p: {formula}", "x[:, :1] - x[:, 1:2]")


TWO_HEADS = """rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
price, yes = x[:, :1] - x[:, 1:2], (x[:, 0] > 0).astype(int)
y = {targets}
inputs = lamina.Input((8,))
hidden = layers.Dense(16, activation="relu")(inputs)
outputs = [layers.Dense(1, name="price")(hidden), layers.Dense(1, activation="sigmoid", name="yes")(hidden)]
model = lamina.Model(inputs, outputs)
model.compile(optimizer="adam", loss=["mse", "binary_crossentropy"])"""


def hidden_layers(*hidden: str) -> str:
    """A program of those layers and a sigmoid unit, for a question that no line answers."""
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype(int)
model = lamina.Sequential([lamina.Input((8,)), {", ".join(hidden)}, layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy")"""


def sequence_of_words(layer: str, targets: str) -> str:
    """A program that gives a word for each step of a text."""
    return f"""rng = np.random.default_rng(0)
words = rng.integers(1, 20, (64, 11))
x, y = words[:, :-1], {targets}
model = lamina.Sequential([lamina.Input((10,)), layers.Embedding(20, 8), {layer}, layers.Dense(20, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")"""
