"""The session headers of TensorFlow 1: accepted, with one note, since there is nothing for them to configure."""

from typing import Any

from lamina._deprecation import warn_once


def note(what: str) -> None:
    warn_once(
        "tensorflow.session",
        f"{what} is of TensorFlow 1. It is accepted and has no effect: there are no sessions and graphs here, everything runs "
        "when it is called.",
    )


class Options:
    """Options that keep whatever is set on them: `config.gpu_options.allow_growth = True`."""

    def __init__(self, *args: Any, **options: Any):
        self.__dict__.update(options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = made = Options()
        return made


class ConfigProto(Options):
    """`tf.ConfigProto`."""

    def __init__(self, *args: Any, **options: Any):
        note("ConfigProto")
        super().__init__(*args, **options)


class Session:
    """`tf.Session`: can be made, entered and closed. What it would `run` is computed elsewhere."""

    def __init__(self, target: str = "", graph: Any = None, config: Any = None):
        note("Session")
        self.graph = graph

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exc: Any) -> None: ...

    def as_default(self) -> "Session":
        """The session itself."""
        return self

    def close(self) -> None:
        """Nothing to close."""

    def list_devices(self) -> list[Any]:
        """None: see `tf.config.list_physical_devices`."""
        return []

    def run(self, fetches: Any, feed_dict: Any = None, **options: Any) -> Any:
        """The value of what has one; None of an initialiser.

        Raises NotImplementedError for anything symbolic or fed.
        """
        if isinstance(fetches, (list, tuple)):
            return type(fetches)(self.run(x, feed_dict) for x in fetches)
        if fetches is None:
            return None
        if feed_dict or not hasattr(fetches, "numpy"):
            raise NotImplementedError(
                "Session.run: there are no graphs of TensorFlow 1. Use model.predict(x), or "
                "keras.backend.function(inputs, outputs)(values)."
            )
        return fetches.numpy()


def set_session(session: Any = None) -> None:
    """Accepted, without effect."""
    note("set_session")


def get_session(op_input_list: Any = ()) -> Session:
    """A Session, for programs that ask for one."""
    return Session()


def accepted(name: str) -> Any:
    """A function of TensorFlow 1 that is accepted, without effect."""

    def function(*args: Any, **kwargs: Any) -> None:
        note(name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Accepted, without effect."
    return function


BACKEND: dict[str, Any] = {"set_session": set_session, "get_session": get_session}
_ACCEPTED = (
    "disable_eager_execution", "enable_eager_execution", "disable_v2_behavior", "enable_v2_behavior",
    "reset_default_graph", "global_variables_initializer", "local_variables_initializer", "tables_initializer",
    "initialize_all_variables", "disable_v2_tensorshape",
)  # fmt: skip
TENSORFLOW_1: dict[str, Any] = {
    "ConfigProto": ConfigProto,
    "GPUOptions": Options,
    "OptimizerOptions": Options,
    "RunOptions": Options,
    "Session": Session,
    "InteractiveSession": Session,
    **{name: accepted(name) for name in _ACCEPTED},
}
