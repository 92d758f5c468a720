"""`FeatureDistillation`."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._distillation_loss import LossByOutput


@public("distillation.FeatureDistillation")
class FeatureDistillation(LossByOutput):
    """The student learns what a layer of the teacher gives.

    Args:
        loss: loss or its name; for several outputs a structure of them, with None where an output is left out.
        teacher_layer_name: layer of the teacher; None for its outputs.
        student_layer_name: layer of the student; None for its outputs.
    Raises ValueError if there is no loss at all.
    Reference: Romero et al., FitNets: Hints for Thin Deep Nets, 2014, arXiv:1412.6550
    Example:
        >>> loss = lamina.distillation.FeatureDistillation("mse", "features", "features")
        >>> float(loss.compute_loss(np.array([[1.0, 2.0]]), np.array([[1.0, 4.0]])))
        2.0
    """

    def __init__(self, loss: Any = "mse", teacher_layer_name: str | None = None, student_layer_name: str | None = None):
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name
        self._set_loss(loss)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        for role, model, name in (
            ("teacher", teacher, self.teacher_layer_name), ("student", student, self.student_layer_name)
        ):  # fmt: skip
            if name is None:
                continue
            if getattr(model, "inputs", None) is None:
                raise ValueError(
                    f"FeatureDistillation: the {role}, {model.name!r}, has no graph to find the layer {name!r} in: make it "
                    "functional or Sequential, or compare the outputs alone."
                )
            try:
                model.get_layer(name)
            except ValueError as error:
                raise ValueError(f"FeatureDistillation: of the {role}: {error}") from None

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        return self._total(
            lambda loss, teacher, student: ops.mean(loss(teacher, student)), teacher_outputs, student_outputs
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "loss": self._loss_config(),
            "teacher_layer_name": self.teacher_layer_name,
            "student_layer_name": self.student_layer_name,
        }
