"""The base of losses between a teacher and a student, and what they share."""

from collections.abc import Callable
from typing import Any

from lamina import losses, ops, tree
from lamina._public import public


@public("distillation.DistillationLoss")
class DistillationLoss:
    """How far a student is from its teacher. A subclass defines `compute_loss`."""

    # Layers whose outputs are compared; None for the outputs of the model.
    teacher_layer_name: str | None = None
    student_layer_name: str | None = None

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """The loss, a scalar.

        Args:
            teacher_outputs: nested structure of tensors.
            student_outputs: the same of the student.
        """
        raise NotImplementedError(f"{type(self).__name__}: define compute_loss(teacher_outputs, student_outputs).")

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Raises ValueError if the outputs do not fit each other."""
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Raises ValueError if the models do not fit this loss."""


class LossByOutput(DistillationLoss):
    """A distillation loss with a loss for each output, None where one is left out."""

    def _set_loss(self, loss: Any) -> None:
        self.loss = tree.map_structure(losses.get, loss)
        if all(part is None for part in tree.flatten(self.loss)):
            raise ValueError(f"{type(self).__name__}: loss must hold at least one loss that is not None; got {loss!r}.")

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        super().validate_outputs(teacher_outputs, student_outputs)
        tree.assert_same_structure(self.loss, teacher_outputs)

    def _total(self, apply: Callable[[Any, Any, Any], Any], teacher: Any, student: Any) -> Any:
        """The sum over the outputs of `apply(loss, of the teacher, of the student)`."""
        terms = [
            apply(loss, of_teacher, of_student)
            for loss, of_teacher, of_student in zip(
                tree.flatten(self.loss), tree.flatten(teacher), tree.flatten(student), strict=True
            )
            if loss is not None
        ]
        return ops.sum(ops.stack(terms))

    def _loss_config(self) -> Any:
        return tree.map_structure(lambda loss: None if loss is None else losses.serialize(loss), self.loss)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**{**config, "loss": _deserialized(config["loss"])})


def _deserialized(loss: Any) -> Any:
    """Losses from their configs, in lists and dicts of outputs."""
    if isinstance(loss, dict) and "class_name" not in loss:
        return {key: _deserialized(part) for key, part in loss.items()}
    if isinstance(loss, (list, tuple)):
        return [_deserialized(part) for part in loss]
    return loss if loss is None else losses.deserialize(loss)
