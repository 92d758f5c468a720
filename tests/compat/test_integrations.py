"""What MLflow, Weights & Biases, Optuna, tqdm and SHAP have for Keras, on lamina's models: each where it is installed."""

import sys

import numpy as np
import pytest

import lamina
from lamina import layers

from ..conftest import ENGINE

# Packages of others warn of each other's changes.
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("installed", "alone")]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 4)).astype("float32")
Y = (2 * X[:, :1] - X[:, 1:2] * X[:, 2:3]).astype("float32")
X, Y, X_NEW, Y_NEW = X[:120], Y[:120], X[120:], Y[120:]


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """Nothing is sent to the makers, files lie in a folder of the test, and the finder that wandb leaves behind is gone after."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MLFLOW_DISABLE_TELEMETRY": "true", "WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DIR": str(tmp_path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


def network(units=8, rate=0.01, outputs=1):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(units, "tanh"), layers.Dense(outputs, name="out")])
    model.compile(lamina.optimizers.Adam(rate), "mse", metrics=["mae"])
    return model


def fit(model, *callbacks, epochs=3):
    history = model.fit(
        X, Y, batch_size=40, epochs=epochs, validation_data=(X_NEW, Y_NEW), verbose=0, callbacks=list(callbacks)
    )
    return history.history


# --- callbacks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_tqdm_counts_epochs_and_batches(verbose):
    tqdm = pytest.importorskip("tqdm")
    from tqdm.keras import TqdmCallback

    seen = []

    class Bar(tqdm.tqdm):
        def close(self):
            seen.append((self.unit, self.n, self.total, self.postfix))
            super().close()

    history = fit(network(), TqdmCallback(verbose=verbose, tqdm_class=Bar))
    (epochs,) = {bar for bar in seen if bar[0] == "epoch"}
    assert epochs[1:3] == (3, 3) and f"val_loss={history['val_loss'][-1]:.3g}" in epochs[3]
    batches = [(done, total) for unit, done, total, _ in seen if unit == "batch"]
    assert {(3, 3)} == set(batches) if verbose else not batches


def test_mlflow_keeps_metrics_arguments_and_the_table_of_layers(tmp_path):
    mlflow = pytest.importorskip("mlflow")
    for needed in ("sqlalchemy", "alembic"):
        pytest.importorskip(needed)
    from mlflow.keras import MlflowCallback

    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/runs.db")
    client = mlflow.MlflowClient()
    where = mlflow.create_experiment("lamina", artifact_location=(tmp_path / "artifacts").as_uri())
    with mlflow.start_run(experiment_id=where) as run:
        history = fit(network(), MlflowCallback())
    with mlflow.start_run(experiment_id=where) as by_steps:
        fit(network(), MlflowCallback(log_every_epoch=False, log_every_n_steps=2))
    mlflow.flush_async_logging()
    for name, values in history.items():
        kept = client.get_metric_history(run.info.run_id, name)
        assert [m.step for m in kept] == [0, 1, 2]
        np.testing.assert_allclose([m.value for m in kept], values, rtol=1e-6)
    assert float(client.get_run(run.info.run_id).data.params["optimizer_learning_rate"]) == pytest.approx(0.01)
    assert "out" in mlflow.artifacts.load_text(f"{run.info.artifact_uri}/model_summary.txt")
    assert [m.step for m in client.get_metric_history(by_steps.info.run_id, "loss")] == [2, 4, 6, 8]


def test_wandb_logs_offline(tmp_path):
    wandb = pytest.importorskip("wandb")
    run = wandb.init(project="lamina", dir=tmp_path)
    try:
        from wandb.integration.keras import WandbMetricsLogger

        rows = []
        note = lamina.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: rows.append(dict(run.summary)))
        history = fit(network(), WandbMetricsLogger(), note)
        for epoch, row in enumerate(rows):
            assert row["epoch/epoch"] == epoch and row["epoch/learning_rate"] == pytest.approx(0.01)
            for name in ("loss", "mae", "val_loss", "val_mae"):
                assert row[f"epoch/{name}"] == pytest.approx(history[name][epoch])
    finally:
        run.finish()
    assert len(rows) == 3 and list(tmp_path.glob("wandb/offline-run-*/run-*.wandb"))


def test_optuna_breaks_off_what_is_worse_than_the_others_were():
    optuna = pytest.importorskip("optuna")
    pytest.importorskip("optuna_integration")
    from optuna_integration import KerasPruningCallback

    epochs = []

    def objective(trial):
        count = lamina.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(trial.number))
        rate = [0.02, 0.01, 0.00001][trial.number]
        return min(fit(network(rate=rate), count, KerasPruningCallback(trial, "val_loss"), epochs=4)["val_loss"])

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(pruner=optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=1))
    study.optimize(objective, n_trials=3)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "COMPLETE", "PRUNED"]
    assert [epochs.count(number) for number in range(3)] == [4, 4, 2]
    assert len(study.trials[0].intermediate_values) == 4


def test_optuna_ends_a_trial_whose_value_is_not_there():
    pytest.importorskip("optuna_integration")
    import optuna
    from optuna_integration import KerasPruningCallback

    trial = optuna.create_study().ask()
    with pytest.warns(UserWarning, match="metric 'val_los' is not in the evaluation logs"):
        fit(network(), KerasPruningCallback(trial, "val_los"), epochs=1)
    assert not trial.study.trials[0].intermediate_values


# --- SHAP --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shap():
    return pytest.importorskip("shap")


@pytest.fixture
def trained():
    model = network()
    fit(model, epochs=30)
    return model


@pytest.mark.parametrize("kind", ["KernelExplainer", "PermutationExplainer", "ExactExplainer", "SamplingExplainer"])
def test_shap_values_and_the_mean_add_up_to_the_answer(shap, trained, kind):
    def answer(rows):
        return trained.predict(rows, verbose=0)[:, 0]

    explained = getattr(shap, kind)(answer, X[:20])(X_NEW[:3])
    assert explained.values.shape == (3, 4)
    np.testing.assert_allclose(explained.base_values, answer(X[:20]).mean(), atol=1e-5)
    np.testing.assert_allclose(explained.base_values + explained.values.sum(1), answer(X_NEW[:3]), atol=1e-4)
    # The last input is in no rule: what it is given, it got from a network that is nearly right.
    assert np.abs(explained.values[:, 3]).mean() < 0.3 * np.abs(explained.values[:, 0]).mean()


def by_gradients(shap, model, background, rows, nsamples):
    """What the explainer gives. On the torch engine it takes a model for a module of PyTorch, and asks for its tensors."""
    if ENGINE == "torch":
        import torch

        background, rows = torch.tensor(background), torch.tensor(rows)
    return np.array(shap.GradientExplainer(model, background).shap_values(rows, nsamples=nsamples, rseed=0))


def test_shap_by_gradients_of_a_linear_network_is_exact(shap):
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(2)])
    w = RNG.normal(size=(4, 2)).astype("float32")
    model.set_weights([w, np.zeros(2)])
    values = by_gradients(shap, model, X[:1], X_NEW[:3], nsamples=4)
    np.testing.assert_allclose(values, (X_NEW[:3] - X[:1])[..., None] * w, atol=1e-5)


def test_shap_by_gradients_nearly_adds_up(shap, trained):
    values = by_gradients(shap, trained, X[:20], X_NEW[:3], nsamples=2000)[..., 0]
    wanted = trained.predict(X_NEW[:3], verbose=0)[:, 0] - trained.predict(X[:20], verbose=0).mean()
    np.testing.assert_allclose(values.sum(1), wanted, atol=0.2)
