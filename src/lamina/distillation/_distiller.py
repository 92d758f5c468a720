"""`Distiller`."""

from typing import Any

from lamina import losses, metrics, ops, tree
from lamina._checks import check_fraction
from lamina._public import public
from lamina.models import Model
from lamina.variables import deserialize_keras_object, serialize_keras_object

_OUTPUTS = "final_output"


@public("distillation.Distiller")
class Distiller(Model):
    """Trains a student with labels and with what a trained teacher gives for the same samples.

    The loss is s · (loss of the student) + (1 - s) · (weighted sum of the distillation losses). Called, and asked for
    predictions, it is the student.

    Args:
        teacher: a trained model; it is frozen.
        student: the model that learns.
        distillation_losses: a `DistillationLoss`, or a list of them.
        distillation_loss_weights: list of numbers, one for each; by default ones.
        student_loss_weight: s, from 0 to 1.
        name: of the model.
    Raises ValueError for anything else than models, for shapes and dtypes of teacher and student that differ, and for layers
        that are not there.
    Example:
        >>> teacher = Sequential([Input((2,)), layers.Dense(8), layers.Dense(3)])
        >>> student = Sequential([Input((2,)), layers.Dense(3)])
        >>> model = lamina.distillation.Distiller(teacher, student, lamina.distillation.LogitsDistillation())
        >>> model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> history = model.fit(np.ones((4, 2)), np.array([0, 1, 2, 0]), verbose=0)
        >>> sorted(history.history)
        ['distillation_loss', 'loss', 'student_loss', 'total_loss']
    """

    def __init__(
        self, teacher: Any, student: Any, distillation_losses: Any, distillation_loss_weights: Any = None,
        student_loss_weight: float = 0.5, name: str = "distiller", **kwargs: Any,
    ):  # fmt: skip
        super().__init__(name=name, **kwargs)
        check_fraction(student_loss_weight, "student_loss_weight", "Distiller")
        _check_models(teacher, student)
        self.teacher = teacher
        self.student = student
        self.student_loss_weight = student_loss_weight
        self.distillation_losses = _as_list(distillation_losses)
        self.distillation_loss_weights = _weights(distillation_loss_weights, self.distillation_losses)
        for loss in self.distillation_losses:
            loss.validate_model_compatibility(teacher, student)
        teacher.trainable = False
        self._teacher_features = _extractor(teacher, [loss.teacher_layer_name for loss in self.distillation_losses])
        self._student_features = _extractor(student, [loss.student_layer_name for loss in self.distillation_losses])
        self.student_loss_tracker = metrics.Mean(name="student_loss")
        self.distillation_loss_tracker = metrics.Mean(name="distillation_loss")
        self.total_loss_tracker = metrics.Mean(name="total_loss")

    def compile(self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any) -> None:
        """Sets what the student is trained with.

        Args:
            optimizer: optimizer or its name.
            loss: the student's loss for labels, or a structure of losses like the outputs.
            metrics: list of metrics.
        Raises ValueError without a loss.
        """
        if loss is None:
            raise ValueError("Distiller.compile: loss, the student's for labels, is missing.")
        self._student_loss = tree.map_structure(losses.get, loss)
        super().compile(optimizer=optimizer, loss=None, metrics=metrics, **kwargs)

    def call(self, inputs: Any, training: bool | None = None, **kwargs: Any) -> Any:
        return self.student(inputs, training=training, **kwargs)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The weighted sum of both losses."""
        if y_pred is None:
            y_pred = self(x, training=training)
        share = self.student_loss_weight
        of_labels = self._loss_of_labels(y, y_pred, sample_weight) if share > 0 and y is not None else ops.zeros(())
        of_teacher = self._loss_of_teacher(x, y_pred, training) if share < 1 else ops.zeros(())
        total = share * of_labels + (1.0 - share) * of_teacher
        self.student_loss_tracker.update_state(of_labels)
        self.distillation_loss_tracker.update_state(of_teacher)
        self.total_loss_tracker.update_state(total)
        return total

    def _loss_of_labels(self, y: Any, y_pred: Any, sample_weight: Any) -> Any:
        terms = tree.map_structure(
            lambda loss, true, predicted: ops.mean(_with_weight(loss, true, predicted, sample_weight)),
            self._student_loss, y, y_pred,
        )  # fmt: skip
        return ops.sum(ops.stack(tree.flatten(terms)))

    def _loss_of_teacher(self, x: Any, y_pred: Any, training: bool) -> Any:
        taught = tree.map_structure(ops.stop_gradient, self._teacher_features(x, training=False))
        learned = {_OUTPUTS: y_pred}
        if any(loss.student_layer_name for loss in self.distillation_losses):
            learned = self._student_features(x, training=training)
        total = 0.0
        for loss, weight in zip(self.distillation_losses, self.distillation_loss_weights):
            pair = taught[loss.teacher_layer_name or _OUTPUTS], learned[loss.student_layer_name or _OUTPUTS]
            loss.validate_outputs(*pair)
            total = total + weight * loss.compute_loss(*pair)
        return total

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "teacher": serialize_keras_object(self.teacher),
            "student": serialize_keras_object(self.student),
            "distillation_losses": [serialize_keras_object(loss) for loss in self.distillation_losses],
            "distillation_loss_weights": list(self.distillation_loss_weights),
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        made = dict(config)
        for key in ("teacher", "student"):
            made[key] = deserialize_keras_object(config[key], custom_objects)
        made["distillation_losses"] = [
            deserialize_keras_object(loss, custom_objects) for loss in config["distillation_losses"]
        ]
        return cls(**made)


def _with_weight(loss: Any, y: Any, y_pred: Any, sample_weight: Any) -> Any:
    """A loss object takes weights of samples; a plain function gives a value for each sample, which is weighted here."""
    if isinstance(loss, losses.Loss):
        return loss(y, y_pred, sample_weight)
    values = loss(y, y_pred)
    return values if sample_weight is None else ops.multiply(values, ops.cast(sample_weight, values.dtype))


def _as_list(distillation_losses: Any) -> list[Any]:
    found = distillation_losses if isinstance(distillation_losses, (list, tuple)) else [distillation_losses]
    for loss in found:
        if not hasattr(loss, "compute_loss"):
            raise ValueError(
                "Distiller: distillation_losses must be a DistillationLoss, such as LogitsDistillation(), or a list of them; "
                f"got {distillation_losses!r}."
            )
    return list(found)


def _weights(weights: Any, distillation_losses: list[Any]) -> list[float]:
    weights = [1.0] * len(distillation_losses) if weights is None else list(weights)
    if len(weights) != len(distillation_losses):
        raise ValueError(
            f"Distiller: distillation_loss_weights must have one number for each of the {len(distillation_losses)} losses; "
            f"got {weights!r}."
        )
    return weights


def _check_models(teacher: Any, student: Any) -> None:
    for role, model in (("teacher", teacher), ("student", student)):
        if not isinstance(model, Model):
            raise ValueError(f"Distiller: {role} must be a lamina model; got {model!r}.")
    for side in ("inputs", "outputs"):
        of_teacher, of_student = getattr(teacher, side, None), getattr(student, side, None)
        if of_teacher is None or of_student is None:
            continue
        if len(of_teacher) != len(of_student) or not all(map(_fits, of_teacher, of_student)):
            raise ValueError(
                f"Distiller: the {side} of teacher and student must have the same shapes and dtypes; got "
                f"{[(x.shape, x.dtype) for x in of_teacher]} and {[(x.shape, x.dtype) for x in of_student]}."
            )


def _fits(a: Any, b: Any) -> bool:
    same_rank = len(a.shape) == len(b.shape) and a.dtype == b.dtype
    return same_rank and all(None in pair or pair[0] == pair[1] for pair in zip(a.shape, b.shape))


def _extractor(model: Any, names: list[str | None]) -> Any:
    """A function that gives the outputs of the model, and of the layers of these names, by name."""
    wanted = [name for name in dict.fromkeys(names) if name]
    if not wanted:
        return lambda x, training: {_OUTPUTS: model(x, training=training)}
    outputs = {_OUTPUTS: model.output, **{name: model.get_layer(name).output for name in wanted}}
    return Model(model.inputs[0] if len(model.inputs) == 1 else model.inputs, outputs)
