"""Session headers of TensorFlow 1 are accepted, with one note."""

import pytest

HEADERS = [
    "import tensorflow as tf\nconfig = tf.ConfigProto()\nconfig.gpu_options.allow_growth = True\n"
    "from keras.backend.tensorflow_backend import set_session\nset_session(tf.Session(config=config))",
    "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\ntf.disable_eager_execution()\n"
    "config = tf.ConfigProto(gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=0.3), allow_soft_placement=True)\n"
    "tf.keras.backend.set_session(tf.InteractiveSession(config=config))",
    "import tensorflow as tf\nfrom keras import backend as K\nsess = K.get_session()\n"
    "sess.run(tf.global_variables_initializer())\ntf.reset_default_graph()\nsess.close()",
    "import tensorflow as tf\nwith tf.compat.v1.Session() as sess:\n    assert sess.run([tf.constant(2.0), None]) == [2.0, None]",
]


@pytest.mark.parametrize("header", HEADERS, ids=["keras 2", "compat.v1", "initializer", "with"])
@pytest.mark.filterwarnings("ignore:keras.backend.tensorflow_backend")
def test_header(installed, header):
    with pytest.warns(DeprecationWarning, match="is of TensorFlow 1. It is accepted") as notes:
        exec(header, {})
    assert len([n for n in notes if "TensorFlow 1" in str(n.message)]) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_session_cannot_run(installed):
    code = "import tensorflow as tf, keras\ntf.Session().run(keras.Input((2,)), feed_dict={})"
    with pytest.raises(NotImplementedError, match=r"Session.run: there are no graphs .*backend.function"):
        exec(code, {})
