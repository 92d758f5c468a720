"""Programs that are unusual and right: nothing should be said of them, neither before nor while they train.

Dealt in turn, the first to tuning, the second to the final part, and so on.
"""

import numpy as np
from _setup import Setup, keras, layers
from reported import (
    BINARY,
    CATEGORICAL,
    SPARSE,
    chain,
    dense,
    digits,
    of_four,
    one_hot,
    sentences,
    table,
    waves,
    yes_no,
)

PROGRAMS = []  # (name, function)
ops = keras.ops


def right(function):
    """A function that gives a `Setup` in which nothing is wrong."""
    PROGRAMS.append((function.__name__, function))
    return function


@right
def a_frozen_body_with_a_new_head():
    x = table()
    body = chain((8,), dense(32), dense(32))
    body.trainable = False
    return Setup(chain((8,), body, dense(4, "softmax")), x, of_four(x), SPARSE, "adam", ["accuracy"])


@right
def only_the_last_layers_of_a_body_are_tuned():
    x = table()
    body = chain((8,), dense(32), dense(32), dense(16))
    for layer in body.layers[:-1]:
        layer.trainable = False
    model = chain((8,), body, layers.Dropout(0.2), dense(1, "sigmoid"))
    return Setup(model, x, yes_no(x), BINARY, keras.optimizers.Adam(1e-5), ["accuracy"])


@right
def a_generator_before_a_frozen_critic():
    critic = chain((8,), layers.Dense(16), layers.LeakyReLU(), dense(1, "sigmoid"))
    critic.trainable = False
    noise = table(128, 4)
    model = chain((4,), dense(16), layers.BatchNormalization(), dense(8, "tanh"), critic)
    return Setup(model, noise, np.ones((128, 1)), BINARY, keras.optimizers.Adam(2e-4, beta_1=0.5))


@right
def a_critic_with_smoothed_labels():
    x = np.concatenate([table(160), table(160, seed=1) * 0.3])
    y = np.where(np.arange(320) < 160, 0.9, 0.0)
    model = chain((8,), layers.Dense(32), layers.LeakyReLU(0.2), layers.Dropout(0.3), dense(1, "sigmoid"))
    return Setup(model, x, y, BINARY, keras.optimizers.Adam(2e-4, beta_1=0.5))


@right
def a_wasserstein_critic():
    x = np.concatenate([table(160), table(160, seed=1) + 1])
    y = np.where(np.arange(320) < 160, -1.0, 1.0)
    model = chain((8,), dense(32), layers.Dense(1))
    return Setup(model, x, y, lambda y, p: ops.mean(y * p, axis=-1), keras.optimizers.RMSprop(5e-5))


@right
def an_autoencoder_with_a_linear_middle():
    x = table(columns=32)
    return Setup(chain((32,), dense(16), layers.Dense(4), dense(16), layers.Dense(32)), x, x, "mse")


@right
def a_principal_component_network():
    x = table(columns=16)
    return Setup(chain((16,), layers.Dense(3), layers.Dense(16)), x, x, "mse")


@right
def an_autoencoder_whose_code_is_as_wide_as_what_follows():
    x = table(columns=16)
    return Setup(chain((16,), dense(12), layers.Dense(6), dense(6), dense(12), layers.Dense(16)), x, x, "mse")


@right
def an_autoencoder_of_binary_pixels():
    x = (digits()[0].reshape(320, -1) > 0.5).astype("float32")
    return Setup(chain((144,), dense(24), dense(144, "sigmoid")), x, x, BINARY)


@right
def an_autoencoder_of_pixels_by_squares():
    x = np.clip(digits()[0], 0, 1)
    body = (layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"))  # fmt: skip
    return Setup(chain(x.shape[1:], *body), x, x, "mse")


@right
def a_denoising_autoencoder_with_much_dropout():
    x = table(columns=16)
    return Setup(chain((16,), layers.Dropout(0.5), dense(32), layers.Dense(16)), x, x, "mse")


@right
def a_low_rank_pair():
    x = table(columns=64)
    return Setup(chain((64,), layers.Dense(8, use_bias=False), dense(64), dense(1, "sigmoid")), x, yes_no(x), BINARY)


@right
def an_adapter_that_begins_at_zero():
    x = table(columns=16)
    inputs = keras.Input((16,))
    frozen = layers.Dense(16)
    frozen.trainable = False
    low = layers.Dense(16, kernel_initializer="zeros")(layers.Dense(2, use_bias=False)(inputs))
    model = keras.Model(inputs, dense(1, "sigmoid")(layers.ReLU()(layers.add([frozen(inputs), low]))))
    return Setup(model, x, yes_no(x), BINARY)


@right
def a_residual_block_with_a_zero_scale():
    x, y = digits()
    inputs = keras.Input(x.shape[1:])
    stem = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    inner = layers.Conv2D(8, 3, padding="same", use_bias=False)(stem)
    inner = layers.BatchNormalization(gamma_initializer="zeros")(inner)
    hidden = layers.ReLU()(layers.add([stem, inner]))
    model = keras.Model(inputs, dense(4, "softmax")(layers.GlobalAveragePooling2D()(hidden)))
    return Setup(model, x, y, SPARSE)


@right
def several_labels_at_once():
    x = table()
    y = (x[:, :5] > 0.5).astype("float32")
    return Setup(chain((8,), dense(16), dense(5, "sigmoid")), x, y, BINARY, "adam", ["accuracy"])


@right
def several_labels_that_happen_to_exclude_each_other():
    x = table()
    return Setup(chain((8,), dense(16), dense(4, "sigmoid")), x, one_hot(of_four(x)), BINARY, "adam", ["accuracy"])


@right
def a_share_by_a_sigmoid():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, 1 / (1 + np.exp(-x[:, 0])), "mse", "adam", ["mae"])


@right
def a_soft_label_by_crossentropy():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, 1 / (1 + np.exp(-x[:, 0])), BINARY)


@right
def an_angle_by_tanh():
    x = table()
    return Setup(chain((8,), dense(16), dense(2, "tanh")), x, np.stack([np.sin(x[:, 0]), np.cos(x[:, 0])], 1), "mse")


@right
def mixtures_by_a_softmax():
    x = table()
    y = np.exp(x[:, :3])
    return Setup(chain((8,), dense(16), dense(3, "softmax")), x, y / y.sum(1, keepdims=True), "kl_divergence")


@right
def a_distilled_network():
    x = table()
    y = np.exp(2 * x[:, :4])
    return Setup(
        chain((8,), dense(16), dense(4, "softmax")), x, y / y.sum(1, keepdims=True), CATEGORICAL, "adam", ["accuracy"]
    )


@right
def distributions_by_squares():
    x = table()
    y = np.exp(x[:, :3])
    return Setup(chain((8,), dense(16), dense(3, "softmax")), x, y / y.sum(1, keepdims=True), "mse")


@right
def counts_by_poisson():
    x = table()
    return Setup(
        chain((8,), dense(16), dense(1, "exponential")), x, np.random.default_rng(0).poisson(np.exp(x[:, 0])), "poisson"
    )


@right
def counts_by_softplus():
    x = table()
    return Setup(chain((8,), dense(16), dense(1, "softplus")), x, np.random.default_rng(0).poisson(3.0, 320), "mae")


@right
def ratings_as_a_regression():
    x = table()
    y = np.clip(np.round(3 + x[:, 0]), 1, 5)
    return Setup(chain((8,), dense(16), layers.Dense(1)), x, y, "mse", "adam", ["mae"])


@right
def a_linear_probability_model():
    x = table()
    return Setup(chain((8,), layers.Dense(1)), x, yes_no(x).astype("float32"), "mse", "adam", ["mae"])


@right
def a_support_vector_machine():
    x = table()
    return Setup(chain((8,), layers.Dense(1, kernel_regularizer="l2")), x, 2.0 * yes_no(x) - 1, "hinge")


@right
def label_smoothing():
    x = table()
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    return Setup(chain((8,), dense(16), dense(4, "softmax")), x, one_hot(of_four(x)), loss, "adam", ["accuracy"])


@right
def smoothed_by_hand():
    x = table()
    y = 0.9 * one_hot(of_four(x)) + 0.025
    return Setup(chain((8,), dense(16), layers.Dense(4)), x, y, keras.losses.CategoricalCrossentropy(from_logits=True))


@right
def one_logit():
    x = table()
    return Setup(
        chain((8,), dense(16), layers.Dense(1)), x, yes_no(x), keras.losses.BinaryCrossentropy(from_logits=True)
    )


@right
def two_logits_for_two_classes():
    x = table()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Setup(chain((8,), dense(16), layers.Dense(2)), x, yes_no(x), loss, "adam", ["accuracy"])


@right
def a_large_vocabulary():
    x = np.random.default_rng(0).integers(0, 8000, (200, 6))
    model = chain((6,), layers.Embedding(8000, 8), layers.GlobalAveragePooling1D(), dense(8000, "softmax"))
    return Setup(model, x, x[:, 0], SPARSE, epochs=2)


@right
def a_bag_of_rare_words():
    x = np.zeros((300, 3000), "float32")
    x[np.arange(300)[:, None], np.random.default_rng(0).integers(0, 3000, (300, 5))] = 1
    return Setup(chain((3000,), dense(8), dense(1, "sigmoid")), x, np.arange(300) % 2, BINARY, epochs=2)


@right
def more_units_than_classes_in_use():
    x = table()
    return Setup(chain((8,), dense(16), dense(10, "softmax")), x, of_four(x), SPARSE, "adam", ["accuracy"])


@right
def labels_that_are_left_out():
    x, _ = sentences()
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    model = chain((10,), layers.Embedding(40, 8), layers.LSTM(8, return_sequences=True), dense(3, "softmax"))
    return Setup(model, x, np.where(x % 5 == 0, -1, x % 3), loss)


@right
def exclusive_or():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    return Setup(
        chain((2,), dense(8, "tanh"), dense(1, "sigmoid")),
        x,
        np.array([0, 1, 1, 0]),
        BINARY,
        keras.optimizers.Adam(0.1),
        epochs=60,
    )


@right
def ten_rows():
    x = table(10)
    return Setup(chain((8,), dense(4), layers.Dense(1)), x, x[:, 0], "mse", keras.optimizers.SGD(0.05))


@right
def a_single_step_of_a_series():
    x = table()[:, None, :]
    return Setup(chain((1, 8), layers.LSTM(8), layers.Dense(1)), x, x[:, 0, 0], "mse")


@right
def a_series_in_its_order():
    wave = np.sin(np.arange(330) / 10).astype("float32")
    x = np.stack([wave[i : i + 10] for i in range(320)])[..., None]
    return Setup(
        chain((10, 1), layers.GRU(8), layers.Dense(1)),
        x,
        wave[10:],
        "mse",
        "adam",
        [],
        {"shuffle": False, "validation_split": 0.2},
    )


@right
def a_sequence_for_a_sequence():
    x, _ = waves()
    return Setup(
        chain(x.shape[1:], layers.LSTM(8, return_sequences=True), layers.TimeDistributed(layers.Dense(1))),
        x,
        x**2,
        "mse",
    )


@right
def contrasts():
    x = table()
    y = (np.arange(320) % 4).astype("int32")

    def apart(y, z):
        z = z / ops.sqrt(ops.sum(z * z, axis=-1, keepdims=True) + 1e-6)
        same = ops.cast(ops.equal(ops.reshape(y, (-1, 1)), ops.reshape(y, (1, -1))), "float32")
        return ops.mean(ops.square(ops.matmul(z, ops.transpose(z)) - same), axis=-1)

    return Setup(chain((8,), dense(32), layers.Dense(8)), x, y, apart)


@right
def triplets_on_the_sphere():
    x = table()

    def triplet(y, z):
        n = ops.shape(z)[0] // 3
        a, p, q = z[:n], z[n : 2 * n], z[2 * n : 3 * n]
        return ops.maximum(0.0, 0.5 + ops.sum((a - p) ** 2 - (a - q) ** 2, axis=-1))

    return Setup(
        chain((8,), dense(32), layers.Dense(8), layers.UnitNormalization()), x[:192], np.zeros(192), triplet, epochs=3
    )


@right
def a_siamese_pair():
    x = table(columns=12)
    shared = chain((6,), dense(16), layers.Dense(8))
    left, right_ = keras.Input((6,)), keras.Input((6,))
    gap = layers.Lambda(lambda t: ops.abs(t[0] - t[1]), output_shape=(8,))([shared(left), shared(right_)])
    model = keras.Model([left, right_], dense(1, "sigmoid")(gap))
    return Setup(
        model, [x[:, :6], x[:, 6:]], ((x[:, 0] > 0) == (x[:, 6] > 0)).astype("int32"), BINARY, "adam", ["accuracy"]
    )


@right
def quantiles():
    x = table()

    def pinball(y, p):
        e = y - p
        return ops.mean(ops.maximum(0.9 * e, -0.1 * e), axis=-1)

    return Setup(chain((8,), dense(16), layers.Dense(1)), x, x[:, :1], pinball)


@right
def a_likelihood_with_its_own_spread():
    x = table()

    def unlikely(y, p):
        mean, spread = p[:, :1], p[:, 1:]
        return ops.mean(spread + (y - mean) ** 2 * ops.exp(-2 * spread), axis=-1)

    return Setup(chain((8,), dense(16), layers.Dense(2)), x, x[:, :1], unlikely, epochs=3)


@right
def a_policy_gradient():
    x = table()
    y = np.random.default_rng(1).integers(0, 3, 320)
    reward = np.where(y == (x[:, 0] > 0), 1.0, -0.5)
    return Setup(
        chain((8,), dense(16, "tanh"), dense(3, "softmax")),
        x,
        y,
        SPARSE,
        "adam",
        [],
        {"sample_weight": reward},
        epochs=3,
    )


@right
def values_of_actions_that_were_not_taken():
    x = table()
    y = np.where(np.arange(3) == np.random.default_rng(1).integers(0, 3, (320, 1)), x[:, :1], 0)
    return Setup(chain((8,), dense(16), dense(16), layers.Dense(3)), x, y, "huber")


@right
def one_at_a_time():
    x = table(96)
    model = chain((8,), dense(16), layers.LayerNormalization(), dense(1, "sigmoid"))
    return Setup(model, x, yes_no(x), BINARY, keras.optimizers.SGD(0.01), [], {"batch_size": 1}, epochs=3)


@right
def one_image_at_a_time_with_normalised_maps():
    x, y = digits(rows=64)
    body = (layers.Conv2D(8, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU(), layers.Flatten())
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE, "adam", [], {"batch_size": 1}, epochs=2)


@right
def a_constant_schedule():
    x = table()
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([10_000], [1e-3, 1e-3])
    return Setup(chain((8,), dense(16), layers.Dense(1)), x, x[:, 0], "mse", keras.optimizers.Adam(rate))


@right
def a_schedule_with_a_slow_start():
    x = table()
    rate = keras.optimizers.schedules.CosineDecay(0.0, 400, warmup_target=1e-2, warmup_steps=100)
    return Setup(chain((8,), dense(16), layers.Dense(1)), x, x[:, 0], "mse", keras.optimizers.Adam(rate))


@right
def rates_of_other_optimizers():
    x = table()
    return Setup(chain((8,), dense(16), layers.Dense(1)), x, x[:, 0], "mse", keras.optimizers.Adadelta(1.0))


@right
def large_steps_with_a_line():
    x = table()
    return Setup(chain((8,), layers.Dense(1)), x, x[:, 0], "mse", keras.optimizers.Adam(0.3))


@right
def a_raw_table_that_is_normalised_inside():
    x = table()
    raw = 1000 * x + 5000
    scale = layers.Normalization()
    scale.adapt(raw)
    return Setup(chain((8,), scale, dense(16), dense(1, "sigmoid")), raw, yes_no(x), BINARY)


@right
def a_raw_table_into_batch_normalisation():
    x = table()
    return Setup(chain((8,), layers.BatchNormalization(), dense(16), dense(1, "sigmoid")), 300 * x, yes_no(x), BINARY)


@right
def bytes_that_are_scaled_inside():
    x, y = digits(channels=3)
    body = (
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
    )
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), np.clip(255 * x, 0, 255).astype("uint8"), y, SPARSE)


@right
def flags_and_rare_flags():
    x = table()
    x[:, 3] = np.arange(320) % 160 == 0
    x[:, 4] = 0
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, yes_no(x), BINARY, "adam", ["accuracy"])


@right
def a_skewed_column():
    x = table()
    x[:, 2] = np.exp(x[:, 2])
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, yes_no(x), BINARY)


@right
def uneven_classes_with_weights():
    x = table(600)
    y = (x[:, 0] > 1.7).astype("int32")
    return Setup(
        chain((8,), dense(16), dense(1, "sigmoid")),
        x,
        y,
        BINARY,
        "adam",
        ["accuracy"],
        {"class_weight": {0: 1.0, 1: 20.0}},
    )


@right
def uneven_classes_with_a_fitting_metric():
    x = table(600)
    y = (x[:, 0] > 1.7).astype("int32")
    return Setup(chain((8,), dense(16), dense(1, "sigmoid")), x, y, BINARY, "adam", ["accuracy", keras.metrics.AUC()])


@right
def attention_by_hand():
    x = np.random.default_rng(0).normal(size=(200, 6, 8)).astype("float32")
    inputs = keras.Input((6, 8))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(layers.Dense(8, activation="tanh")(inputs)))
    context = layers.Lambda(lambda t: ops.sum(t, axis=1), output_shape=(8,))(layers.multiply([inputs, weights]))
    model = keras.Model(inputs, dense(1, "sigmoid")(context))
    return Setup(model, x, (x[:, 0, 0] > 0).astype("int32"), BINARY, "adam", ["accuracy"])


@right
def a_transformer_block():
    x, y = sentences()
    inputs = keras.Input((10,), dtype="int32")
    h = layers.Embedding(40, 16)(inputs)
    h = layers.LayerNormalization()(layers.add([h, layers.MultiHeadAttention(2, 8)(h, h)]))
    h = layers.LayerNormalization()(layers.add([h, layers.Dense(16)(dense(32, "gelu")(h))]))
    model = keras.Model(inputs, dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(h)))
    return Setup(model, x, y, BINARY, "adam", ["accuracy"])


@right
def gated_units():
    x = table()
    inputs = keras.Input((8,))
    gated = layers.multiply([layers.Dense(16)(inputs), layers.Dense(16, activation="sigmoid")(inputs)])
    return Setup(keras.Model(inputs, layers.Dense(1)(gated)), x, x[:, 0] * x[:, 1], "mse")


@right
def a_mixture_of_experts():
    x = table()
    inputs = keras.Input((8,))
    shares = layers.Dense(3, activation="softmax")(inputs)
    experts = layers.Reshape((3, 4))(layers.Dense(12, activation="relu")(inputs))
    mixed = layers.Dot(axes=(1, 1))([shares, experts])
    return Setup(keras.Model(inputs, layers.Dense(1)(mixed)), x, x[:, 0], "mse")


@right
def factors_of_users_and_films():
    rng = np.random.default_rng(0)
    users, films = rng.integers(0, 50, (400, 1)), rng.integers(0, 30, (400, 1))
    left, right_ = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    product = layers.Dot(axes=-1)(
        [layers.Flatten()(layers.Embedding(50, 6)(left)), layers.Flatten()(layers.Embedding(30, 6)(right_))]
    )
    return Setup(keras.Model([left, right_], product), [users, films], rng.normal(size=400), "mse")


@right
def an_output_without_a_loss():
    x = table()
    inputs = keras.Input((8,))
    hidden = dense(16)(inputs)
    model = keras.Model(inputs, [layers.Dense(1, name="answer")(hidden), layers.Dense(3, name="code")(hidden)])
    return Setup(model, x, [x[:, :1], None], ["mse", None])


@right
def two_losses_of_one_size():
    x = table()
    inputs = keras.Input((8,))
    hidden = dense(16)(inputs)
    model = keras.Model(
        inputs, {"kind": dense(4, "softmax", name="kind")(hidden), "size": layers.Dense(1, name="size")(hidden)}
    )
    return Setup(
        model,
        x,
        {"kind": of_four(x), "size": x[:, :1]},
        {"kind": SPARSE, "size": "mse"},
        "adam",
        {"kind": ["accuracy"]},
    )


@right
def dropout_without_normalisation_and_spatial_dropout():
    x, y = digits()
    body = (
        layers.Conv2D(8, 3, activation="relu"),
        layers.SpatialDropout2D(0.2),
        layers.BatchNormalization(),
        layers.Flatten(),
    )
    return Setup(chain(x.shape[1:], *body, layers.Dropout(0.5), dense(4, "softmax")), x, y, SPARSE)


@right
def self_normalising():
    x = table()
    body = [dense(16, "selu", kernel_initializer="lecun_normal") for _ in range(4)]
    return Setup(chain((8,), *body, layers.AlphaDropout(0.1), dense(1, "sigmoid")), x, yes_no(x), BINARY)


@right
def a_deep_net_of_tanh():
    x = table()
    return Setup(chain((8,), *[dense(16, "tanh") for _ in range(6)], dense(1, "sigmoid")), x, yes_no(x), BINARY)


@right
def a_small_net_of_sigmoids():
    x = table()
    return Setup(
        chain((8,), dense(10, "sigmoid"), dense(6, "sigmoid"), dense(1, "sigmoid")),
        x,
        yes_no(x),
        BINARY,
        keras.optimizers.Adam(0.01),
    )


@right
def narrow_to_two_for_a_picture_of_three_classes():
    x = table()
    y = np.clip(of_four(x), 0, 2)
    return Setup(chain((8,), dense(32), layers.Dense(2, name="picture"), dense(32), dense(3, "softmax")), x, y, SPARSE)


@right
def orthogonal_and_small_starts():
    x = table(columns=16)
    small = keras.initializers.RandomNormal(stddev=0.01)
    body = (dense(16, kernel_initializer="orthogonal"), dense(32, kernel_initializer=small))
    return Setup(chain((16,), *body, dense(1, "sigmoid", kernel_initializer="zeros")), x, yes_no(x), BINARY)


@right
def patches_by_a_wide_stride():
    x, y = digits()
    body = (
        layers.Conv2D(16, 4, strides=4),
        layers.Reshape((9, 16)),
        layers.LayerNormalization(),
        dense(16, "gelu"),
        layers.GlobalAveragePooling1D(),
    )
    return Setup(chain(x.shape[1:], *body, dense(4, "softmax")), x, y, SPARSE)


@right
def fields_of_many_channels():
    x = np.random.default_rng(0).normal(size=(64, 6, 20, 8)).astype("float32")
    body = (layers.Conv2D(8, 3, padding="same", activation="relu"), layers.Flatten())
    return Setup(chain((6, 20, 8), *body, layers.Dense(1)), x, x.mean((1, 2, 3)), "mse", epochs=2)


@right
def validated_on_other_rows_that_look_alike():
    x = np.random.default_rng(0).integers(0, 2, (320, 5)).astype("float32")
    y = x[:, 0].astype("int32")
    return Setup(
        chain((5,), dense(16), dense(1, "sigmoid")),
        x[:240],
        y[:240],
        BINARY,
        "adam",
        ["accuracy"],
        {"validation_data": (x[240:], y[240:])},
    )


@right
def sorted_and_shuffled():
    x = table()
    order = np.argsort(of_four(x), kind="stable")
    return Setup(chain((8,), dense(16), dense(4, "softmax")), x[order], of_four(x)[order], SPARSE, "adam", ["accuracy"])


@right
def regression_sorted_with_a_split():
    x = np.sort(table(), axis=0)
    return Setup(chain((8,), dense(16), layers.Dense(1)), x, x[:, 0], "mse", "adam", [], {"validation_split": 0.2})


@right
def a_subclassed_network_with_a_loss_within():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.last = dense(16), dense(2, "softmax")

        def call(self, x):
            h = self.hidden(x)
            self.add_loss(1e-3 * ops.mean(ops.square(h)))
            return self.last(h)

    x = table()
    return Setup(Net(), x, yes_no(x), SPARSE, "adam", ["accuracy"])


@right
def a_huge_batch():
    x = table()
    return Setup(
        chain((8,), dense(16), dense(1, "sigmoid")),
        x,
        yes_no(x),
        BINARY,
        keras.optimizers.SGD(1.0, momentum=0.9),
        [],
        {"batch_size": 320},
    )


@right
def prices_that_are_scaled_inside():
    x = table()
    y = 250_000 * (1 + 0.2 * x[:, 0])
    body = (dense(32), layers.Dense(1), layers.Rescaling(50_000.0, offset=250_000.0))
    return Setup(chain((8,), *body), x, y, "mae", keras.optimizers.Adam(0.01))


def programs(part):
    """Of a part, "tuning" or "final": (name, function)."""
    return PROGRAMS[("tuning", "final").index(part) :: 2]
