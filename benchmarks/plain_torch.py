"""The workloads in plain PyTorch: what one would write without Keras, on the same data, with the same loss and optimizer.

`python plain_torch.py NAME` prints the same JSON line as workloads.py. Images are channels last inside, which is PyTorch's
faster layout on a CPU; nothing is compiled by torch.compile. Accuracy is counted where the Keras program counts it.
"""

import json
import statistics
import sys
import time

import workloads


def load():
    start = time.perf_counter()
    import numpy as np
    import torch

    return torch, np, time.perf_counter() - start


class Absent:
    """Stands for keras where only the data and the settings of a workload are wanted: takes every call and says nothing."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


def modules(torch):
    """A function for each workload that makes its network. Outputs are logits where the Keras program ends with softmax."""
    nn = torch.nn

    class Net(nn.Module):
        """A network of named parts, and what it does with its inputs."""

        def __init__(self, forward, **parts):
            super().__init__()
            self.parts = nn.ModuleDict(parts)
            self._forward = forward

        def forward(self, *inputs):
            return self._forward(self.parts, *inputs)

    def images(x):
        return x.permute(0, 3, 1, 2)  # a view: channels last in memory

    def embedding(words, features):
        """Small to begin with, as Keras has it."""
        made = nn.Embedding(words, features)
        nn.init.uniform_(made.weight, -0.05, 0.05)
        return made

    def mlp(units):
        return nn.Sequential(nn.Linear(784, units), nn.ReLU(), nn.Linear(units, 10))

    def tiny():
        return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))

    def cnn():
        body = nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(576, 64), nn.ReLU(), nn.Linear(64, 10),
        )  # fmt: skip
        return Net(lambda p, x: p["body"](images(x)), body=body)

    def lstm():
        return Net(
            lambda p, x: p["out"](p["lstm"](x)[0][:, -1]), lstm=nn.LSTM(32, 64, batch_first=True), out=nn.Linear(64, 10)
        )

    def bn_mlp():
        parts, features = [], 128
        for _ in range(6):
            parts += [nn.Linear(features, 256, bias=False), nn.BatchNorm1d(256, 1e-3, 0.01), nn.ReLU(), nn.Dropout(0.2)]
            features = 256
        return nn.Sequential(*parts, nn.Linear(256, 10))

    def resnet():
        def conv(before, after, size=3, stride=1):
            pad = size // 2
            return nn.Sequential(
                nn.Conv2d(before, after, size, stride, pad, bias=False), nn.BatchNorm2d(after, 1e-3, 0.01)
            )

        def block(before, after, stride):
            return Net(
                lambda p, x: torch.relu(p["b"](torch.relu(p["a"](x))) + p["short"](x)),
                a=conv(before, after, stride=stride),
                b=conv(after, after),
                short=nn.Identity() if stride == 1 else conv(before, after, 1, stride),
            )

        body = nn.Sequential(conv(3, 16), nn.ReLU(), block(16, 16, 1), block(16, 32, 2), block(32, 64, 2))
        return Net(lambda p, x: p["out"](p["body"](images(x)).mean((2, 3))), body=body, out=nn.Linear(64, 10))

    def transformer():
        def forward(p, tokens):
            x = p["words"](tokens)
            x = p["norm1"](x + p["attention"](x, x, x, need_weights=False)[0])
            x = p["norm2"](x + p["hidden"](x))
            return p["out"](x.mean(1))

        return Net(
            forward,
            words=embedding(2000, 64),
            attention=nn.MultiheadAttention(64, 4, batch_first=True),
            norm1=nn.LayerNorm(64, 1e-3),
            hidden=nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64)),
            norm2=nn.LayerNorm(64, 1e-3),
            out=nn.Linear(64, 4),
        )

    def autoencoder():
        body = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(32, 32, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(),
            nn.Conv2d(16, 1, 3, 1, 1), nn.Sigmoid(),
        )  # fmt: skip
        return Net(lambda p, x: p["body"](images(x)).permute(0, 2, 3, 1), body=body)

    def textconv():
        def forward(p, tokens):
            x = torch.relu(p["conv"](p["words"](tokens).transpose(1, 2)))
            return p["head"](x.amax(-1))

        head = nn.Sequential(nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1))
        return Net(forward, words=embedding(5000, 64), conv=nn.Conv1d(64, 128, 5), head=head)

    def bigru():
        def forward(p, x):
            return p["out"](p["gru"](x)[1].transpose(0, 1).flatten(1))  # the last state of both directions

        return Net(forward, gru=nn.GRU(24, 48, batch_first=True, bidirectional=True), out=nn.Linear(96, 5))

    def two_in_two_out():
        def forward(p, image, table):
            both = p["both"](torch.cat([p["seen"](images(image)), p["read"](table)], 1))
            return p["kind"](both), p["number"](both)

        return Net(
            forward,
            seen=nn.Sequential(nn.Conv2d(1, 16, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(784, 32), nn.ReLU()),
            read=nn.Sequential(nn.Linear(20, 32), nn.ReLU()),
            both=nn.Sequential(nn.Linear(64, 64), nn.ReLU()),
            kind=nn.Linear(64, 5),
            number=nn.Linear(64, 1),
        )

    return {
        "tiny": tiny, "mlp32": lambda: mlp(32), "mlp512": lambda: mlp(512), "cnn": cnn, "lstm": lstm, "bn_mlp": bn_mlp,
        "resnet": resnet, "transformer": transformer, "autoencoder": autoencoder, "textconv": textconv, "bigru": bigru,
        "two_in_two_out": two_in_two_out,
    }  # fmt: skip


def as_tuple(x):
    return tuple(x) if isinstance(x, (list, tuple)) else (x,)


class Trainer:
    """The loop that one writes by hand: shuffle, slice, forward, backward, update."""

    def __init__(self, torch, net, x, y, how):
        self.torch, self.net, self.how = torch, net, how
        self.x = [torch.from_numpy(a) for a in as_tuple(x)]
        self.y = [torch.from_numpy(a) for a in as_tuple(y)]
        self.losses = as_tuple(how["loss"])
        if how["optimizer"] == "adam":
            self.optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)
        else:
            self.optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
        self.counts = isinstance(how["loss"], str) and "crossentropy" in how["loss"]

    def loss(self, outputs, targets):
        functions = self.torch.nn.functional
        kinds = {
            "mse": functions.mse_loss,
            "categorical_crossentropy": functions.cross_entropy,
            "binary_crossentropy": functions.binary_cross_entropy_with_logits,
        }
        return sum(kinds[name](o, t) for name, o, t in zip(self.losses, outputs, targets))

    def right(self, outputs, targets):
        (output,), (target,) = outputs, targets
        if output.shape[-1] == 1:
            return ((output > 0) == (target > 0.5)).sum()
        return (output.argmax(-1) == target.argmax(-1)).sum()

    def epoch(self):
        """The mean loss; the share of right answers is counted beside it."""
        torch, size = self.torch, self.how["batch_size"]
        self.net.train()
        order = torch.randperm(len(self.x[0]))
        total, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for start in range(0, len(order), size):
            places = order[start : start + size]
            targets = [a[places] for a in self.y]
            outputs = as_tuple(self.net(*(a[places] for a in self.x)))
            loss = self.loss(outputs, targets)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            total += loss.detach() * len(places)
            if self.counts:
                right += self.right(outputs, targets)
        return float(total) / len(order)

    def predict(self):
        size, parts = self.how["batch_size"], []
        self.net.eval()
        with self.torch.inference_mode():
            for start in range(0, len(self.x[0]), size):
                outputs = as_tuple(self.net(*(a[start : start + size] for a in self.x)))
                if self.counts:
                    outputs = [o.sigmoid() if o.shape[-1] == 1 else o.softmax(-1) for o in outputs]
                parts.append(outputs)
            return [self.torch.cat(part).numpy() for part in zip(*parts)]


def timed(call, times):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        found.append(time.perf_counter() - start)
    return found, result


def measure(name):
    torch, np, import_s = load()
    torch.manual_seed(0)
    _, x, y, how = workloads.WORKLOADS[name](Absent(), np, np.random.default_rng(0))
    start = time.perf_counter()
    trainer = Trainer(torch, modules(torch)[name](), x, y, how)
    trainer.epoch()
    first = time.perf_counter() - start

    def epochs():
        return [trainer.epoch() for _ in range(how["epochs"])][-1]

    rounds, loss = timed(epochs, 3)
    steps = -(-len(trainer.x[0]) // how["batch_size"])
    trainer.predict()
    predicts, _ = timed(trainer.predict, 3)
    return dict(
        workload=name,
        import_s=round(import_s, 3),
        first_epoch_s=round(first, 3),
        step_ms=round(statistics.median(rounds) / how["epochs"] / steps * 1e3, 4),
        predict_ms=round(statistics.median(predicts) * 1e3, 2),
        loss=round(loss, 4),
    )


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
