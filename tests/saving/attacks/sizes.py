"""Configs of absurd sizes: little text, much memory or work."""

from corpus import attack, attacks, dense

SIZES = {"million": 40_000_000, "trillion": 10**12, "beyond": 10**30}


@attacks("CVE-2026-0897: sizes before weights", SIZES)
def units(lab, size):
    return lab.layer(units=size)


ABSURD = {
    "Embedding": {"input_dim": 10**9, "output_dim": 10**3},
    "LSTM": {"units": 10**7},
    "GRU": {"units": 10**7, "return_sequences": True},
    "Conv1D": {"filters": 10**9, "kernel_size": 10**6},
    "Conv2D": {"filters": 10**5, "kernel_size": [10**4, 10**4]},
    "MultiHeadAttention": {"num_heads": 10**6, "key_dim": 10**6},
    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 10**12},
    "BatchNormalization": {"axis": 10**9},
    "GroupNormalization": {"groups": 10**9},
    "SeparableConv1D": {"filters": 3, "kernel_size": 3, "depth_multiplier": 10**10},
    "Permute": {"dims": list(range(1, 100_000))},
    "Reshape": {"target_shape": [10**18, 10**18]},
    "Normalization": {"axis": -1, "mean": [0.0] * 100_000, "variance": 1.0},
    "CategoryEncoding": {"num_tokens": -(10**12)},
    "Discretization": {"bin_boundaries": [[1], 2]},
    "Hashing": {"num_bins": -(10**12)},
    "MelSpectrogram": {"fft_length": 2**40, "num_mel_bins": 2**30},
    "STFTSpectrogram": {"fft_length": 2**30},
    "TextVectorization": {"ngrams": -(10**9)},
    "StringLookup": {"num_oov_indices": 10**12, "vocabulary": ["a"]},
    "SpectralNormalization": {"layer": None, "power_iterations": 10**12},
    "StackedRNNCells": {"cells": [{}]},
    "RNN": {"cell": 3},
    "Bidirectional": {"layer": 3},
    "TimeDistributed": {"layer": None},
}


@attack("CVE-2026-0897: thresholds of a metric")
def thresholds(lab):
    metric = {
        "module": "keras.metrics",
        "class_name": "AUC",
        "config": {"name": "auc", "num_thresholds": 10**9},
        "registered_name": None,
    }
    return lab.changed(lambda c: c["compile_config"].update(metrics=[metric]), "compiled")


@attack("CVE-2026-0897: a matrix of confusion")
def confusion(lab):
    metric = {
        "module": "keras.metrics",
        "class_name": "MeanIoU",
        "config": {"name": "m", "num_classes": 10**6},
        "registered_name": None,
    }
    return lab.changed(lambda c: c["compile_config"].update(metrics=[metric]), "compiled")


@attack("many layers that are too much together")
def many_layers(lab):
    def edit(config):
        layer = dense(config)
        wide = [
            {**layer, "config": {**layer["config"], "name": f"d{k}", "units": 4000}, "build_config": None}
            for k in range(60)
        ]
        config["config"]["layers"] = [config["config"]["layers"][0], *wide]

    return lab.changed(edit)


@attack("a constant of many numbers, for each of many layers")
def budget_of_values(lab):
    return lab.layer(
        bias_initializer={
            "module": "keras.initializers",
            "class_name": "Constant",
            "config": {"value": [1.0]},
            "registered_name": None,
        },
        units=10**10,
    )


@attacks("CVE-2026-0897: every kind of layer that makes something of a size", {name: name for name in ABSURD})
def absurd(lab, name):
    inputs = {"Conv2D": [None, 8, 8, 3], "Embedding": [None, 3]}.get(name, [None, 4, 4])
    return lab.changed(
        lambda c: c["config"].update(
            layers=[
                {
                    "module": "keras.layers",
                    "class_name": "InputLayer",
                    "config": {"batch_shape": inputs, "dtype": "float32", "name": "x"},
                    "registered_name": None,
                },
                {
                    "module": "keras.layers",
                    "class_name": name,
                    "config": {"name": "l", **ABSURD[name]},
                    "registered_name": None,
                },
            ]
        )
    )
