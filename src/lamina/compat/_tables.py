"""Which module of old programs is which namespace of lamina, and the names that only they have."""

KERAS_VERSION = "3.15.1"
TENSORFLOW_VERSION = "2.20.0"

_APPLICATIONS = (
    "applications", "applications.convnext", "applications.densenet", "applications.efficientnet",
    "applications.efficientnet_v2", "applications.imagenet_utils", "applications.inception_resnet_v2",
    "applications.inception_v3", "applications.mobilenet", "applications.mobilenet_v2", "applications.mobilenet_v3",
    "applications.nasnet", "applications.resnet", "applications.resnet50", "applications.resnet_v2",
    "applications.vgg16", "applications.vgg19", "applications.xception",
)  # fmt: skip

# Module paths of Keras 3, without the package name -> namespaces of lamina that they show.
MODULES: dict[str, tuple[str, ...]] = {
    "": ("",),
    **{
        name: (name,)
        for name in (
            "activations", *_APPLICATIONS, "backend", "callbacks", "config", "constraints", "datasets",
            "datasets.boston_housing", "datasets.california_housing", "datasets.cereals", "datasets.cifar10",
            "datasets.cifar100", "datasets.fashion_mnist", "datasets.imdb", "datasets.mnist", "datasets.reuters",
            "distribution", "dtype_policies", "export", "initializers", "layers", "losses", "metrics", "mixed_precision",
            "models", "ops", "ops.linalg", "ops.nn", "ops.numpy", "optimizers", "optimizers.schedules", "preprocessing",
            "preprocessing.image", "preprocessing.sequence", "preprocessing.text", "random", "regularizers", "saving",
            "tree", "utils", "wrappers",
        )
    },
}  # fmt: skip

# Paths of Keras 1 and 2 -> the path of today.
OLD_MODULES: dict[str, str] = {
    "objectives": "losses",
    "initializations": "initializers",
    "backend.tensorflow_backend": "backend",
    "utils.legacy": "saving",
    "legacy": "saving",
    "legacy.saving": "saving",
    "optimizers.legacy": "optimizers",
    "optimizers.adam_v2": "optimizers",
    "optimizers.rmsprop_v2": "optimizers",
    "optimizers.gradient_descent_v2": "optimizers",
    "optimizer_v2": "optimizers",
    "optimizer_v2.adam": "optimizers",
    "optimizer_v2.rmsprop": "optimizers",
    "optimizer_v2.gradient_descent": "optimizers",
    "layers.experimental": "layers",
    "layers.experimental.preprocessing": "layers",
    **dict.fromkeys(
        (
            f"layers.{name}"
            for name in (
                "core", "convolutional", "convolutional_recurrent", "recurrent", "embeddings", "normalization",
                "pooling", "noise", "advanced_activations", "wrappers", "merge", "local", "cudnn_recurrent",
                "preprocessing",
            )
        ),
        "layers",
    ),
    "wrappers.scikit_learn": "wrappers",
    "engine": "layers",
    "engine.topology": "layers",
    "engine.base_layer": "layers",
    "engine.input_layer": "layers",
    "engine.network": "models",
    "engine.training": "models",
    "engine.sequential": "models",
    "engine.functional": "models",
    "models.functional": "models",
    "utils.np_utils": "utils",
    "utils.generic_utils": "utils",
    "utils.data_utils": "utils",
    "utils.layer_utils": "utils",
    "utils.vis_utils": "utils",
    "utils.visualize_util": "utils",
    "utils.all_utils": "utils",
    "utils.tf_utils": "utils",
}  # fmt: skip

# What else a path of today must show: other namespaces, for names that moved.
ALSO: dict[str, tuple[str, ...]] = {
    "engine": ("models",),
    "engine.topology": ("models",),
    "models": ("layers",),
    "utils": ("models", "saving"),
    "metrics": ("losses",),
}

# Path -> name of Keras 1 and 2 -> (namespace, name) of today.
OLD_NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "losses": {
        "mse": ("losses", "mean_squared_error"),
        "MSE": ("losses", "mean_squared_error"),
        "mae": ("losses", "mean_absolute_error"),
        "MAE": ("losses", "mean_absolute_error"),
        "mape": ("losses", "mean_absolute_percentage_error"),
        "msle": ("losses", "mean_squared_logarithmic_error"),
        "kld": ("losses", "kl_divergence"),
        "bce": ("losses", "binary_crossentropy"),
        "kullback_leibler_divergence": ("losses", "kl_divergence"),
        "logcosh": ("losses", "log_cosh"),
        "cosine": ("losses", "cosine_similarity"),
        "cosine_proximity": ("losses", "cosine_similarity"),
    },
    "optimizers": {
        "sgd": ("optimizers", "SGD"),
        "rmsprop": ("optimizers", "RMSprop"),
        "adam": ("optimizers", "Adam"),
        "adamax": ("optimizers", "Adamax"),
        "nadam": ("optimizers", "Nadam"),
        "adagrad": ("optimizers", "Adagrad"),
        "adadelta": ("optimizers", "Adadelta"),
    },
    "regularizers": {
        "l1l2": ("regularizers", "l1_l2"),
        "activity_l1": ("regularizers", "l1"),
        "activity_l2": ("regularizers", "l2"),
        "activity_l1l2": ("regularizers", "l1_l2"),
    },
    "constraints": {
        "maxnorm": ("constraints", "max_norm"),
        "nonneg": ("constraints", "non_neg"),
        "unitnorm": ("constraints", "unit_norm"),
    },
    "initializers": {
        "normal": ("initializers", "RandomNormal"),
        "uniform": ("initializers", "RandomUniform"),
        "one": ("initializers", "Ones"),
        "zero": ("initializers", "Zeros"),
    },
    "engine": {"Container": ("models", "Model"), "Network": ("models", "Model")},
    "layers": {"CuDNNLSTM": ("layers", "LSTM"), "CuDNNGRU": ("layers", "GRU")},
    "models": {"Network": ("models", "Model"), "Functional": ("models", "Model")},
}
OLD_NAMES["metrics"] = OLD_NAMES["losses"]

# Names of `backend` that Keras 3 still has; the others are of the time of Keras 1 and 2.
BACKEND_TODAY = frozenset(
    "backend clear_session epsilon floatx get_uid image_data_format is_float_dtype is_int_dtype is_keras_tensor "
    "result_type set_epsilon set_floatx set_image_data_format standardize_dtype".split()
)
