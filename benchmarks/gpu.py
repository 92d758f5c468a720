"""Large networks on a GPU: a 50-layer residual net at 224x224 and a transformer the size of GPT-2 small, in bfloat16.

    python benchmarks/gpu.py --lamina PYTHON --peers PYTHON [--small] [--networks resnet50,gpt2] [--json FILE]
    IMPL=lamina LAMINA_ENGINE=jax python benchmarks/gpu.py resnet50 [--small]

The first form runs every side in a process of its own: lamina on jax and torch, Keras on jax and torch, and PyTorch alone;
the second is one of them and prints one JSON line: samples a second (sequences for the transformer), FLOP/s, and its fraction
of what a large bfloat16 product reaches on the same device. `--small` shrinks networks and data so that a CPU can check the
script. Steps a second of the small workloads come from `compare.py --engines jax,torch`.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

HERE = pathlib.Path(__file__)
SIZES = {  # full, small
    "resnet50": ({"image": 224, "batch": 64, "steps": 40, "blocks": (3, 4, 6, 3), "width": 64},
                 {"image": 32, "batch": 4, "steps": 2, "blocks": (1, 1, 1, 1), "width": 8}),
    "gpt2": ({"length": 1024, "batch": 8, "steps": 40, "layers": 12, "width": 768, "heads": 12, "words": 50257},
             {"length": 16, "batch": 2, "steps": 2, "layers": 2, "width": 32, "heads": 2, "words": 100}),
}  # fmt: skip
SIDES = {
    "lamina-jax": {"IMPL": "lamina", "LAMINA_ENGINE": "jax"},
    "lamina-torch": {"IMPL": "lamina", "LAMINA_ENGINE": "torch"},
    "keras-jax": {"IMPL": "keras", "KERAS_BACKEND": "jax"},
    "keras-torch": {"IMPL": "keras", "KERAS_BACKEND": "torch"},
    "torch": {"IMPL": "torch"},
}


def data(name, size, rng):
    n = size["batch"] * size["steps"]
    if name == "resnet50":
        return rng.random((n, size["image"], size["image"], 3), dtype="float32"), rng.integers(0, 1000, n)
    tokens = rng.integers(0, size["words"], (n, size["length"] + 1)).astype("int32")
    return tokens[:, :-1], tokens[:, 1:]


def flops(name, size):
    """Of a training step a sample: three times the multiplications and additions of the products forward."""
    if name == "gpt2":
        width, length = size["width"], size["length"]
        layer = 2 * length * 12 * width * width + 4 * length * length * width
        return 3 * (size["layers"] * layer + 2 * length * width * size["words"])
    side, channels, total = size["image"] // 2, 3, 0
    total += 2 * side * side * 49 * channels * size["width"]
    side, channels = side // 2, size["width"]
    for stage, count in enumerate(size["blocks"]):
        inner = size["width"] << stage
        for block in range(count):
            stride = 2 if stage and not block else 1
            wide, side = side * side, side // stride
            if not block:
                total += 2 * side * side * channels * 4 * inner
            total += 2 * wide * channels * inner + 2 * side * side * (9 * inner * inner + 4 * inner * inner)
            channels = 4 * inner
    return 3 * (total + 2 * channels * 1000)


# --- with the Keras API -----------------------------------------------------------------------------------------------


def keras_network(keras, name, size):
    layers = keras.layers
    if name == "gpt2":
        return keras_gpt2(keras, size)

    def conv(x, filters, window=1, strides=1):
        x = layers.Conv2D(filters, window, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    image = keras.Input((size["image"], size["image"], 3))
    h = layers.Activation("relu")(conv(image, size["width"], 7, 2))
    h = layers.MaxPooling2D(3, strides=2, padding="same")(h)
    for stage, count in enumerate(size["blocks"]):
        inner = size["width"] << stage
        for block in range(count):
            strides = 2 if stage and not block else 1
            y = layers.Activation("relu")(conv(h, inner))
            y = layers.Activation("relu")(conv(y, inner, 3, strides))
            short = h if block else conv(h, 4 * inner, 1, strides)
            h = layers.Activation("relu")(layers.Add()([conv(y, 4 * inner), short]))
    out = layers.Dense(1000, dtype="float32")(layers.GlobalAveragePooling2D()(h))
    return keras.Model(image, out)


def keras_gpt2(keras, size):
    layers = keras.layers

    class Positions(layers.Layer):
        """Adds a vector learnt for each place."""

        def build(self, input_shape):
            self.table = self.add_weight(shape=(size["length"], size["width"]), initializer="normal", name="table")

        def call(self, x):
            return x + keras.ops.cast(self.table, x.dtype)

    tokens = keras.Input((size["length"],), dtype="int32")
    h = Positions()(layers.Embedding(size["words"], size["width"])(tokens))
    for _ in range(size["layers"]):
        y = layers.LayerNormalization()(h)
        attention = layers.MultiHeadAttention(size["heads"], size["width"] // size["heads"])
        h = layers.Add()([h, attention(y, y, use_causal_mask=True)])
        y = layers.Dense(4 * size["width"], activation="gelu")(layers.LayerNormalization()(h))
        h = layers.Add()([h, layers.Dense(size["width"])(y)])
    return keras.Model(tokens, layers.Dense(size["words"], dtype="float32")(layers.LayerNormalization()(h)))


def with_keras(name, size):
    if os.environ.get("IMPL", "lamina") == "lamina":
        import lamina as keras
    else:
        import keras
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.utils.set_random_seed(0)
    model = keras_network(keras, name, size)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = data(name, size, np.random.default_rng(0))
    run = lambda: model.fit(x, y, batch_size=size["batch"], epochs=1, verbose=0)  # noqa: E731
    run()
    start = time.perf_counter()
    history = run()
    return time.perf_counter() - start, float(history.history["loss"][-1])


# --- PyTorch alone ----------------------------------------------------------------------------------------------------


def torch_network(torch, name, size):
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self, inner, short=None, after=None):
            super().__init__()
            self.inner, self.short, self.after = inner, short, after

        def forward(self, x):
            y = self.inner(x) + (x if self.short is None else self.short(x))
            return y if self.after is None else self.after(y)

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.into, self.out = nn.Linear(size["width"], 3 * size["width"]), nn.Linear(size["width"], size["width"])

        def forward(self, x):
            parts = self.into(x).unflatten(-1, (3, size["heads"], -1)).permute(2, 0, 3, 1, 4)
            y = nn.functional.scaled_dot_product_attention(*parts, is_causal=True)
            return self.out(y.transpose(1, 2).flatten(2))

    class Positions(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(torch.randn(size["length"], size["width"]) * 0.05)

        def forward(self, x):
            return x + self.table

    if name == "gpt2":
        width = size["width"]
        parts = [nn.Embedding(size["words"], width), Positions()]
        for _ in range(size["layers"]):
            hidden = [nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)]
            parts += [Residual(nn.Sequential(nn.LayerNorm(width), Attention())), Residual(nn.Sequential(*hidden))]
        return nn.Sequential(*parts, nn.LayerNorm(width), nn.Linear(width, size["words"]))

    def conv(channels, filters, window=1, strides=1):
        made = nn.Conv2d(channels, filters, window, strides, window // 2, bias=False)
        return [made, nn.BatchNorm2d(filters)]

    parts = [*conv(3, size["width"], 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = size["width"]
    for stage, count in enumerate(size["blocks"]):
        inner = size["width"] << stage
        for block in range(count):
            strides = 2 if stage and not block else 1
            main = [*conv(channels, inner), nn.ReLU(), *conv(inner, inner, 3, strides), nn.ReLU(),
                    *conv(inner, 4 * inner)]  # fmt: skip
            short = None if block else nn.Sequential(*conv(channels, 4 * inner, 1, strides))
            parts.append(Residual(nn.Sequential(*main), short, nn.ReLU()))
            channels = 4 * inner
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def with_torch(name, size):
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    net = torch_network(torch, name, size).to(device)
    x, y = (torch.from_numpy(a) for a in data(name, size, np.random.default_rng(0)))
    if name == "resnet50":
        net, x = net.to(memory_format=torch.channels_last), x.permute(0, 3, 1, 2)
    optimizer = torch.optim.Adam(net.parameters(), fused=device == "cuda")

    def epoch():
        for start in range(0, len(x), size["batch"]):
            part = slice(start, start + size["batch"])
            images, labels = x[part].to(device, non_blocking=True), y[part].to(device).long()
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(device, torch.bfloat16):
                logits = net(images)
            loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, -2), labels.flatten())
            loss.backward()
            optimizer.step()
        return float(loss)

    epoch()
    start = time.perf_counter()
    loss = epoch()
    return time.perf_counter() - start, loss


# --- what the device can do -------------------------------------------------------------------------------------------


def peak(size):
    """FLOP/s of a bfloat16 product of `size` square matrices, with whatever library this process has loaded."""
    work = 2 * size**3
    if "torch" in sys.modules:
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
        a = torch.ones((size, size), dtype=torch.bfloat16, device=device)
        wait = torch.cuda.synchronize if device == "cuda" else lambda: None
        product = lambda: a @ a  # noqa: E731
    elif "jax" not in sys.modules:  # the native engine: no bfloat16 products
        a = np.ones((size, size), np.float32)
        product, wait = lambda: a @ a, lambda: None
    else:
        import jax
        import jax.numpy as jnp

        a = jnp.ones((size, size), jnp.bfloat16)
        jitted = jax.jit(jnp.matmul)
        product, wait = lambda: jitted(a, a).block_until_ready(), lambda: None
    times = []
    for _ in range(6):
        start = time.perf_counter()
        product()
        wait()
        times.append(time.perf_counter() - start)
    return work / min(times)


def one(name, small):
    size = SIZES[name][small]
    impl = os.environ.get("IMPL", "lamina")
    seconds, loss = (with_torch if impl == "torch" else with_keras)(name, size)
    rate = size["batch"] * size["steps"] / seconds
    done, best = rate * flops(name, size), peak(256 if small else 8192)
    print(json.dumps({
        "network": name, "samples_s": round(rate, 2), "tflops": round(done / 1e12, 3),
        "of_peak": round(done / best, 3), "peak_tflops": round(best / 1e12, 2), "loss": round(loss, 4),
    }))  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", nargs="?", choices=SIZES)
    parser.add_argument("--lamina")
    parser.add_argument("--peers")
    parser.add_argument("--networks", default="resnet50,gpt2")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--timeout", type=int, default=600)
    parser.add_argument("--json")
    args = parser.parse_args()
    if args.network:
        one(args.network, args.small)
        return
    table = {}
    for network in args.networks.split(","):
        print(f"\n{network}")
        for side, env in SIDES.items():
            python = args.lamina if side.startswith("lamina") else args.peers
            command = [python, str(HERE), network, *(["--small"] if args.small else [])]
            out = subprocess.run(
                command, env={**os.environ, **env}, capture_output=True, text=True, timeout=args.timeout
            )
            lines = [line for line in out.stdout.splitlines() if line.startswith("{")]
            row = (
                json.loads(lines[-1])
                if lines
                else {"error": (out.stderr.strip().splitlines() or ["nothing"])[-1][:200]}
            )
            table.setdefault(network, {})[side] = row
            print(f"  {side:14s} {row}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
