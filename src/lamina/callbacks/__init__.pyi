# Written by scripts/make_face.py; do not edit.

from lamina.training.callbacks._backup_and_restore import BackupAndRestore as BackupAndRestore
from lamina.training.callbacks._csv_logger import CSVLogger as CSVLogger
from lamina.training.callbacks._callback import Callback as Callback
from lamina.training.callbacks._callback_list import CallbackList as CallbackList
from lamina.training.callbacks._early_stopping import EarlyStopping as EarlyStopping
from lamina.training.callbacks._history import History as History
from lamina.training.callbacks._lambda_callback import LambdaCallback as LambdaCallback
from lamina.training.callbacks._learning_rate_scheduler import LearningRateScheduler as LearningRateScheduler
from lamina.training.callbacks._model_checkpoint import ModelCheckpoint as ModelCheckpoint
from lamina.training.callbacks._orbax_checkpoint import OrbaxCheckpoint as OrbaxCheckpoint
from lamina.training.callbacks._progbar_logger import ProgbarLogger as ProgbarLogger
from lamina.training.callbacks._reduce_lr_on_plateau import ReduceLROnPlateau as ReduceLROnPlateau
from lamina.training.callbacks._remote_monitor import RemoteMonitor as RemoteMonitor
from lamina.training.callbacks._swap_ema_weights import SwapEMAWeights as SwapEMAWeights
from lamina.training.callbacks._tensorboard import TensorBoard as TensorBoard
from lamina.training.callbacks._terminate_on_nan import TerminateOnNaN as TerminateOnNaN
