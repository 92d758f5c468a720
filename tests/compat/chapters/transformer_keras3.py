"""A classifier of texts by a transformer's encoder, layers of one's own (Keras 3)."""

import os
import random

import keras
from keras import layers, ops

random.seed(0)  # fixes the first weights and the orders


@keras.saving.register_keras_serializable(package="chapters")
class TransformerEncoder(layers.Layer):
    def __init__(self, hidden_dim, intermediate_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.hidden_dim, self.intermediate_dim, self.num_heads = hidden_dim, intermediate_dim, num_heads
        self.self_attention = layers.MultiHeadAttention(num_heads, hidden_dim // num_heads)
        self.self_attention_layernorm = layers.LayerNormalization()
        self.feed_forward_1 = layers.Dense(intermediate_dim, activation="gelu")
        self.feed_forward_2 = layers.Dense(hidden_dim)
        self.feed_forward_layernorm = layers.LayerNormalization()
        self.supports_masking = True

    def call(self, source, source_mask=None):
        residual = x = source
        mask = None if source_mask is None else ops.expand_dims(source_mask, 1)
        x = self.self_attention(query=x, key=x, value=x, attention_mask=mask)
        x = self.self_attention_layernorm(x + residual)
        residual = x
        x = self.feed_forward_2(self.feed_forward_1(x))
        return self.feed_forward_layernorm(x + residual)

    def get_config(self):
        own = {"hidden_dim": self.hidden_dim, "intermediate_dim": self.intermediate_dim, "num_heads": self.num_heads}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="chapters")
class PositionalEmbedding(layers.Layer):
    def __init__(self, sequence_length, input_dim, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.sizes = (sequence_length, input_dim, output_dim)
        self.token_embeddings = layers.Embedding(input_dim, output_dim, mask_zero=True)
        self.position_embeddings = layers.Embedding(sequence_length, output_dim)

    def call(self, inputs):
        positions = ops.cumsum(ops.ones_like(inputs), axis=-1) - 1
        return self.token_embeddings(inputs) + self.position_embeddings(positions)

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0)

    def get_config(self):
        return {**super().get_config(), **dict(zip(("sequence_length", "input_dim", "output_dim"), self.sizes))}


(x_train, y_train), (x_test, y_test) = keras.datasets.imdb.load_data(path=os.path.abspath("imdb.npz"), num_words=100)
x_train, x_test = (
    keras.utils.pad_sequences(x, maxlen=30, padding="post", truncating="post") for x in (x_train, x_test)
)

inputs = keras.Input(shape=(30,), dtype="int32", name="tokens")
embedding = PositionalEmbedding(30, 100, 16)(inputs)
x = TransformerEncoder(16, 32, 2)(embedding)
x = layers.GlobalAveragePooling1D()(x)
outputs = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.3)(x))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.AdamW(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, verbose=0)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
assert accuracy > 0.8, accuracy
model.save("encoder.keras")
again = keras.saving.load_model("encoder.keras")
assert abs(again.evaluate(x_test, y_test, verbose=0)[0] - loss) < 1e-5
