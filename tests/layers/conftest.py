"""One table of layers, with arguments and inputs, that every contract test walks."""

import numpy as np
import pytest

_random = np.random.default_rng(0)


def floats(*shape):
    return _random.normal(size=shape).astype("float32")


TEXT = np.array([["a", "q"], ["b", "a"]])

CASES = [
    ("Dense", {"units": 3, "activation": "tanh"}, floats(4, 5)),
    ("Dense", {"units": 3, "use_bias": False, "kernel_regularizer": "l1"}, floats(2, 3, 5)),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d"}, floats(2, 3, 5)),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 4, "bias_axes": "y"}, floats(2, 3, 5)),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (None, 2, 4), "bias_axes": "de"}, floats(2, 3, 5)),
    ("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c"}, floats(2, 3, 5)),
    ("Embedding", {"input_dim": 6, "output_dim": 3, "mask_zero": True}, _random.integers(0, 6, (2, 4))),
    ("Identity", {}, floats(2, 3)),
    ("Masking", {"mask_value": 0.0}, np.array([[[0, 0], [1, 2.0]]], "float32")),
    ("Activation", {"activation": "softplus"}, floats(2, 3)),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, floats(4, 3)),
    ("LeakyReLU", {"negative_slope": 0.2}, floats(3, 3)),
    ("PReLU", {"alpha_initializer": "random_normal", "shared_axes": [1]}, floats(2, 3, 4)),
    ("ELU", {"alpha": 0.5}, floats(3, 3)),
    ("Softmax", {"axis": 1}, floats(2, 3, 4)),
    ("Softmax", {"axis": [1, 2]}, floats(2, 3, 4)),
    ("Dropout", {"rate": 0.3, "seed": 1}, floats(2, 3)),
    ("SpatialDropout1D", {"rate": 0.3}, floats(2, 3, 4)),
    ("SpatialDropout2D", {"rate": 0.3}, floats(2, 3, 4, 2)),
    ("SpatialDropout3D", {"rate": 0.3}, floats(2, 3, 4, 2, 2)),
    ("GaussianNoise", {"stddev": 0.3}, floats(2, 3)),
    ("GaussianDropout", {"rate": 0.3}, floats(2, 3)),
    ("AlphaDropout", {"rate": 0.3}, floats(2, 3)),
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, floats(2, 3)),
    ("Flatten", {}, floats(2, 3, 4)),
    ("Flatten", {"data_format": "channels_first"}, floats(2, 3, 4)),
    ("Reshape", {"target_shape": (2, -1)}, floats(2, 3, 4)),
    ("Permute", {"dims": (2, 1)}, floats(2, 3, 4)),
    ("RepeatVector", {"n": 3}, floats(2, 3)),
    ("Conv1D", {"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}, floats(2, 7, 3)),
    ("Conv1D", {"filters": 4, "kernel_size": 2, "strides": 2, "groups": 2, "activation": "relu"}, floats(2, 7, 4)),
    ("Conv2D", {"filters": 4, "kernel_size": (2, 3), "padding": "same", "strides": (1, 2)}, floats(2, 5, 6, 3)),
    ("Conv2D", {"filters": 5, "kernel_size": 1, "use_bias": False, "kernel_regularizer": "l2"}, floats(2, 4, 4, 3)),
    ("Conv2D", {"filters": 4, "kernel_size": 2, "dilation_rate": 2}, floats(2, 5, 6, 3)),
    ("Conv3D", {"filters": 2, "kernel_size": 2, "strides": 2}, floats(2, 4, 5, 4, 3)),
    ("Conv1DTranspose", {"filters": 4, "kernel_size": 3, "strides": 2}, floats(2, 5, 3)),
    ("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, floats(2, 3, 4, 3)),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2, "output_padding": 1}, floats(2, 3, 4, 3)),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 1}, floats(2, 3, 2, 3, 2)),
    ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, floats(2, 6, 3)),
    ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same", "strides": 2}, floats(2, 5, 6, 3)),
    ("SeparableConv1D", {"filters": 4, "kernel_size": 3, "padding": "same"}, floats(2, 6, 3)),
    ("SeparableConv2D", {"filters": 4, "kernel_size": 2, "depth_multiplier": 2}, floats(2, 5, 6, 3)),
    ("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, floats(2, 7, 3)),
    ("MaxPooling2D", {}, floats(2, 5, 6, 3)),
    ("MaxPooling3D", {"pool_size": (1, 2, 2)}, floats(2, 3, 4, 5, 2)),
    ("AveragePooling1D", {"pool_size": 2}, floats(2, 7, 3)),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, floats(2, 5, 6, 3)),
    ("AveragePooling3D", {"pool_size": 2}, floats(2, 4, 4, 5, 2)),
    ("GlobalMaxPooling1D", {}, floats(2, 5, 3)),
    ("GlobalMaxPooling2D", {"keepdims": True}, floats(2, 4, 5, 3)),
    ("GlobalMaxPooling3D", {}, floats(2, 2, 4, 5, 3)),
    ("GlobalAveragePooling1D", {}, floats(2, 5, 3)),
    ("GlobalAveragePooling2D", {}, floats(2, 4, 5, 3)),
    ("GlobalAveragePooling3D", {"keepdims": True}, floats(2, 2, 4, 5, 3)),
    ("AdaptiveAveragePooling1D", {"output_size": 3}, floats(2, 7, 3)),
    ("AdaptiveAveragePooling2D", {"output_size": (2, 3)}, floats(2, 5, 6, 3)),
    ("AdaptiveAveragePooling3D", {"output_size": 2}, floats(2, 3, 4, 5, 2)),
    ("AdaptiveMaxPooling1D", {"output_size": 3}, floats(2, 7, 3)),
    ("AdaptiveMaxPooling2D", {"output_size": 2}, floats(2, 5, 6, 3)),
    ("AdaptiveMaxPooling3D", {"output_size": 2}, floats(2, 3, 4, 5, 2)),
    ("UpSampling1D", {"size": 3}, floats(2, 4, 3)),
    ("UpSampling2D", {"size": (2, 3)}, floats(2, 3, 4, 2)),
    ("UpSampling3D", {}, floats(2, 2, 3, 2, 2)),
    ("ZeroPadding1D", {"padding": (1, 2)}, floats(2, 4, 3)),
    ("ZeroPadding2D", {"padding": ((1, 2), (0, 3))}, floats(2, 3, 4, 2)),
    ("ZeroPadding3D", {"padding": 1}, floats(2, 2, 3, 2, 2)),
    ("Cropping1D", {"cropping": (1, 2)}, floats(2, 6, 3)),
    ("Cropping2D", {"cropping": ((1, 0), (2, 1))}, floats(2, 4, 5, 2)),
    ("Cropping3D", {"cropping": 1}, floats(2, 3, 4, 5, 2)),
    ("Add", {}, [floats(2, 3), floats(2, 3), floats(2, 1)]),
    ("Add", {}, [floats(2, 3), floats(2, 4, 3)]),
    ("Subtract", {}, [floats(2, 3), floats(2, 3)]),
    ("Multiply", {}, [floats(2, 3), floats(2, 3)]),
    ("Average", {}, [floats(2, 3), floats(2, 3)]),
    ("Maximum", {}, [floats(2, 3), floats(2, 3)]),
    ("Minimum", {}, [floats(2, 3), floats(2, 3)]),
    ("Concatenate", {"axis": 1}, [floats(2, 3, 4), floats(2, 5, 4)]),
    ("Dot", {"axes": (2, 1)}, [floats(2, 3, 4), floats(2, 4, 5)]),
    ("Dot", {"axes": 1, "normalize": True}, [floats(2, 3), floats(2, 3)]),
    ("BatchNormalization", {}, floats(6, 3)),
    ("BatchNormalization", {"axis": 1, "momentum": 0.8, "center": False}, floats(6, 3, 4)),
    ("LayerNormalization", {}, floats(6, 3)),
    ("LayerNormalization", {"axis": [1, 2], "scale": False}, floats(2, 3, 4)),
    ("Normalization", {"mean": [1.0, 2.0, 3.0], "variance": [2.0, 2.0, 2.0]}, floats(2, 3)),
    ("Normalization", {"axis": None, "mean": 1.0, "variance": 4.0, "invert": True}, floats(2, 3)),
    ("Rescaling", {"scale": 0.5, "offset": 1.0}, floats(2, 3)),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "multi_hot"}, np.array([[1, 2], [0, 0]])),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, np.array([1, 2])),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, np.array([[1, 1], [0, 2]])),
    ("Discretization", {"bin_boundaries": [0.0, 1.0]}, floats(3, 4)),
    ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "one_hot"}, floats(3, 1)),
    ("StringLookup", {"vocabulary": ["a", "b"]}, TEXT),
    ("StringLookup", {"vocabulary": ["a", "b"], "num_oov_indices": 3, "mask_token": ""}, np.array([["a", "q", ""]])),
    ("StringLookup", {"vocabulary": ["a", "b"], "output_mode": "multi_hot"}, TEXT),
    ("StringLookup", {"vocabulary": ["a", "b"], "output_mode": "count", "mask_token": ""}, np.array([["a", "", "q"]])),
    ("StringLookup", {"vocabulary": ["a", "b"], "output_mode": "tf_idf", "idf_weights": [0.5, 0.7]}, TEXT),
    ("StringLookup", {"vocabulary": ["a", "b"], "output_mode": "one_hot"}, np.array([["a"], ["b"]])),
    ("IntegerLookup", {"vocabulary": [5, 7]}, np.array([[5, 8], [7, 9]])),
    ("IntegerLookup", {"vocabulary": [5, 7], "num_oov_indices": 2}, np.array([[5, 8], [7, 9]])),
    ("IntegerLookup", {"vocabulary": [5, 7], "output_mode": "one_hot"}, np.array([[5], [7]])),
    ("Hashing", {"num_bins": 7}, np.array([["a", "bcd"], ["x" * 20, "y" * 50]])),
    ("Hashing", {"num_bins": 7}, np.array([["z" * 100, "w" * 200]])),
    ("Hashing", {"num_bins": 1000, "salt": [3, 4]}, np.array([["a", "hello world"]])),
    ("Hashing", {"num_bins": 7, "mask_value": "a"}, np.array([["a", "b"]])),
    ("Hashing", {"num_bins": 5}, np.array([[1, 22, -3]])),
]


def pytest_generate_tests(metafunc):
    if "layer_case" in metafunc.fixturenames:
        ids = [f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)]
        metafunc.parametrize("layer_case", CASES, ids=ids)


@pytest.fixture(scope="session")
def layer_names():
    return {name for name, _, _ in CASES}
