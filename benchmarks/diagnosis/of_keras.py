"""What Keras itself says of the faulty programs.

    KERAS_BACKEND=tensorflow IMPL=keras python benchmarks/diagnosis/of_keras.py final [--show]

The programs of `programs.py` and `reported.py` are built with Keras, compiled and fitted for an epoch; every warning,
line of the log and error is caught. named: one of them speaks of what was planted (a word of `WORDS` for its rule is
in the text). alarms: programs that are right (`programs.py`, `unusual.py`) of which a warning, or an error, speaks of
any of these. Programs of one fault and task, which differ by the numbers in the data, are fitted once.
"""

import argparse
import logging
import os
import re
import warnings

os.environ["IMPL"] = "keras"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import programs
import reported
import unusual
from _setup import keras

# For each rule, what a text that is about its fault would say; of errors, what leads to the fault.
WORDS = {
    "softmax-single-unit": "softmax over axis",
    "from-logits-with-activation": "does not represent logits",
    "label-encoding": "rank|shape",
    "output-target-shape": "rank|shape",
    "label-out-of-range": "label value|out of range|outside the valid range",
    "labels-not-integer": "integer|label value",
    "embedding-index": r"indices|out of range|is not in \[0",
    "image-axes": "channels|shape",
    "non-finite-data": "nan|inf",
    "non-finite-loss": "nan|inf",
    "non-finite-values": "nan|inf",
    "no-trainable-weights": "trainable",
    "no-gradient": "gradient",
    "learning-rate-negative": "learning.rate",
    "batchnorm-batch-size": "batch",
    "class-imbalance": "class|imbalance",
    "validation-leak": "validation",
    "constant-init": "initializer",
}


class _Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def said(make):
    """All that is said while a program is built, compiled and fitted for an epoch."""
    keras.utils.set_random_seed(0)
    log = _Lines()
    loggers = [logging.getLogger(name) for name in ("", "absl", "tensorflow", "jax")]
    for logger in loggers:
        logger.addHandler(log)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            setup = make()
            setup.model.compile(
                optimizer=setup.optimizer, loss=setup.loss, metrics=setup.metrics or None, jit_compile=False
            )  # says the same
            setup.model.fit(setup.x, setup.y, epochs=1, verbose=0, **setup.options)
        except Exception as error:
            log.lines.append(f"{type(error).__name__}: {error}")
    for logger in loggers:
        logger.removeHandler(log)
    texts = [str(w.message) for w in caught] + log.lines
    return [text for text in texts if "retracing" not in text]  # comes of many models in one process


def texts_of(name, make, seen):
    """What is said of a program; of one that differs from another by its seed, which ends the name, what was said of that."""
    kind = re.sub(r"/\d+$", "", name)
    if kind not in seen:
        seen[kind] = said(make)
    return seen[kind]


def names(rule, texts):
    """Whether a text is about the fault of a rule: by its words, or by those of its name."""
    words = WORDS.get(rule, rule.replace("-", ".?"))
    return any(re.search(words, text, re.IGNORECASE) for text in texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("tuning", "final"))
    parser.add_argument("--show", action="store_true", help="print all that is said")
    arguments = parser.parse_args()
    part, seen = arguments.part, {}
    planted = [(p.name, p.setup, (rule,)) for p, _, (rule, *_) in programs.faulty() if p.part == part]
    told = [(name, function, rules) for name, rules, _, function in reported.programs(part)]
    for title, group in (("planted", planted), ("reported", told)):
        named = []
        for name, make, rules in group:
            texts = texts_of(name, make, seen)
            if any(names(rule, texts) for rule in rules):
                named.append(rules[0])
            if arguments.show and texts:
                print(name, named[-1:] == [rules[0]], [t[:160] for t in texts])
        kinds = ", ".join(sorted(set(named)))
        print(
            f"{part}, {title}: Keras {keras.__version__} names {len(named)} of {len(group)} "
            f"({len(named) / len(group):.1%}): {kinds}"
        )
    right = [(p.name, p.setup) for p in programs.healthy() if p.part == part] + list(unusual.programs(part))
    alarms = [
        (name, texts)
        for name, make in right
        if (texts := texts_of(name, make, seen)) and any(names(rule, texts) for rule in WORDS)
    ]
    if arguments.show:
        print(*alarms, sep="\n")
    print(f"{part}: {len(right)} programs that are right, {len(alarms)} with a word of a fault")


if __name__ == "__main__":
    main()
