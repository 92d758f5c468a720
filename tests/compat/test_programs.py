"""Whole little programs as tutorials wrote them, for Keras 1, 2, 3 and tf.keras, run by `python -m lamina run`."""

import os
import subprocess
import sys

import pytest

# Name -> (program, the old spellings it is noted for). Programs check themselves.
PROGRAMS = {}


def program(name, *notes):
    def keep(text):
        PROGRAMS[name] = (text, notes)

    return keep


program("one neuron", "input_shape= still")("""
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([layers.Dense(units=1, input_shape=[3])])
w, b = model.weights
assert w.shape == (3, 1) and b.shape == (1,)
print("Weights\\n{}\\n\\nBias\\n{}".format(w.numpy(), b.numpy()))
""")

program("deep network, untrained", "input_shape= still")("""
from tensorflow import keras
from tensorflow.keras import layers
import tensorflow as tf

model = keras.Sequential([
    layers.Dense(4, activation='relu', input_shape=[2]),
    layers.Dense(3, activation='relu'),
    layers.Dense(1),
])
x = tf.linspace(-1.0, 1.0, 100)
activation_layer = layers.Activation('relu')
y = activation_layer(x)
assert abs(float(y.numpy().max()) - 1.0) < 1e-6
assert model.count_params() == 12 + 15 + 4
model.summary()
""")

program("models.Sequential with add", "input_shape= still", "(lr=...)", "history['acc']")("""
from keras import layers, models, optimizers
import numpy as np

np.random.seed(0)
x = np.random.rand(256, 784).astype('float32')
t = (x[:, :10].argmax(axis=1)[:, None] == np.arange(10)).astype('float32')
model = models.Sequential()
model.add(layers.Dense(32, activation='relu', input_shape=(784,)))
model.add(layers.Dense(10, activation='softmax'))
model.compile(optimizer=optimizers.RMSprop(lr=0.001), loss='mse', metrics=['accuracy'])
history = model.fit(x, t, batch_size=128, epochs=10, verbose=0)
assert len(history.history['loss']) == 10
assert history.history['loss'][-1] < history.history['loss'][0]
assert history.history['acc'] == history.history['accuracy']
""")

program("functional twin")("""
from keras import layers, models
import numpy as np

input_tensor = layers.Input(shape=(784,))
x = layers.Dense(32, activation='relu')(input_tensor)
output_tensor = layers.Dense(10, activation='softmax')(x)
model = models.Model(inputs=input_tensor, outputs=output_tensor)
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
p = model.predict(np.zeros((5, 784)), verbose=0)
assert p.shape == (5, 10) and abs(p.sum() - 5) < 1e-4
""")

program(
    "Keras 1",
    "keras.layers.core is",
    "keras.utils.np_utils is",
    "output_dim=",
    "init=",
    "W_regularizer=",
    "input_dim= still",
    "(lr=...)",
    "(decay=...)",
    "nb_epoch=",
    "history['val_acc']",
    "predict_classes",
    "predict_proba",
)("""
import random
import numpy as np
random.seed(1337)
np.random.seed(1337)
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation
from keras.optimizers import SGD
from keras.regularizers import l2
from keras.utils import np_utils

X_train = np.random.rand(200, 20).astype('float32')
y_train = (X_train.sum(axis=1) > 10).astype('int')
Y_train = np_utils.to_categorical(y_train, 2)

model = Sequential()
model.add(Dense(output_dim=16, input_dim=20, init='uniform', W_regularizer=l2(0.001)))
model.add(Activation('tanh'))
model.add(Dropout(0.1))
model.add(Dense(2, init='normal'))
model.add(Activation('softmax'))
sgd = SGD(lr=0.1, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
history = model.fit(X_train, Y_train, nb_epoch=80, batch_size=16, validation_data=(X_train, Y_train), verbose=0)
score = model.evaluate(X_train, Y_train, batch_size=16, verbose=0)
print('Test score:', score[0])
print('Test accuracy:', score[1])
assert score[1] > 0.8, score
assert history.history['val_acc'][-1] > 0.8
classes = model.predict_classes(X_train, batch_size=32, verbose=0)
proba = model.predict_proba(X_train, batch_size=32, verbose=0)
assert classes.shape == (200,) and proba.shape == (200, 2)
""")

program("Keras 1 functional, merge", "keras.layers.merge is", "argument input=", "argument output=", "nb_epoch=")("""
from keras.layers import Input, Dense, merge
from keras.models import Model
import numpy as np

a = Input(shape=(4,))
b = Input(shape=(4,))
shared = Dense(3, activation='relu')
for mode, width in [('sum', 3), ('mul', 3), ('ave', 3), ('max', 3), ('concat', 6), ('dot', 1), ('cos', 1)]:
    joined = merge([shared(a), shared(b)], mode=mode, concat_axis=-1)
    assert joined.shape == (None, width), (mode, joined.shape)
joined = merge([shared(a), shared(b)], mode=lambda x: x[0] - x[1], output_shape=(3,))
model = Model(input=[a, b], output=Dense(1, activation='sigmoid')(joined))
model.compile(optimizer='rmsprop', loss='binary_crossentropy')
model.fit([np.ones((8, 4)), np.zeros((8, 4))], np.ones((8, 1)), nb_epoch=1, verbose=0)
""")

program("Keras 2 merge modules", "keras.layers.merge is", "keras.engine is", "keras.engine.topology is")("""
from keras.layers.merge import concatenate, Add
from keras.layers import Input
from keras.engine.topology import Layer, InputSpec
from keras.engine import Model
x = Input((2,))
assert concatenate([x, x]).shape == (None, 4)
assert Add()([x, x]).shape == (None, 2)
assert Model(x, Add()([x, x])).count_params() == 0
""")

program(
    "Keras 1 generators",
    "input_shape= still",
    "fit_generator is",
    "nb_epoch=",
    "samples_per_epoch=",
    "nb_val_samples=",
    "evaluate_generator is",
    "predict_generator is",
    "val_samples=) counts samples; steps=",
)("""
import numpy as np
from keras.models import Sequential
from keras.layers import Dense

def batches():
    rng = np.random.RandomState(0)
    while True:
        x = rng.rand(16, 3)
        yield x, x.sum(axis=1, keepdims=True)

model = Sequential([Dense(8, activation='relu', input_shape=(3,)), Dense(1)])
model.compile('adam', 'mse')
h = model.fit_generator(batches(), samples_per_epoch=320, nb_epoch=3, verbose=0,
                        validation_data=batches(), nb_val_samples=64)
assert len(h.history['loss']) == 3 and len(h.history['val_loss']) == 3
model.fit_generator(batches(), steps_per_epoch=5, epochs=2, verbose=0, workers=1, max_queue_size=4)
loss = model.evaluate_generator(batches(), steps=4)
assert loss == loss
assert model.predict_generator(((x,) for x, _ in batches()), steps=3).shape == (48, 1)
assert model.evaluate_generator(batches(), val_samples=64) == loss
""")

program("Keras 1 initial weights", "keras.initializations is", "init=", "input_dim= still")("""
from keras import initializations
from keras.models import Sequential
from keras.layers import Dense
import numpy as np

def my_init(shape, name=None):
    return initializations.normal(shape, scale=0.01, name=name)

model = Sequential([Dense(64, init=my_init, input_dim=64)])
w = model.get_weights()[0]
assert 0.008 < w.std() < 0.012
assert initializations.glorot_uniform((3, 4)).shape == (3, 4)
assert np.allclose(initializations.identity((2, 2)).numpy(), np.eye(2))
""")

program(
    "keras.backend in a custom layer and loss", "keras.engine.topology is", "input_shape= still", "keras.backend (K)"
)("""
from keras import backend as K
from keras.engine.topology import Layer
from keras.models import Sequential
from keras.layers import Dense, Lambda
import numpy as np

class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape=(input_shape[1], self.output_dim),
                                      initializer='uniform', trainable=True)
        super(MyLayer, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)

def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))

model = Sequential([MyLayer(4, input_shape=(3,)), Lambda(lambda x: K.maximum(x, 0.)), Dense(1)])
model.compile(optimizer='adam', loss=rmse, metrics=[rmse, 'mae'])
h = model.fit(np.random.rand(64, 3), np.random.rand(64, 1), epochs=5, verbose=0)
assert 'rmse' in h.history and h.history['loss'][-1] <= h.history['loss'][0]
assert K.int_shape(model.output) == (None, 1)
K.set_value(model.optimizer.lr, 0.5)
assert abs(K.get_value(model.optimizer.lr) - 0.5) < 1e-7
K.clear_session()
""")

program("saliency by K.gradients and K.function", "input_shape= still", "keras.backend (K)")("""
import random
import numpy as np
random.seed(0)
np.random.seed(0)
from keras import backend as K
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten

model = Sequential([Flatten(input_shape=(8, 8, 1)), Dense(16, activation='relu'), Dropout(0.5), Dense(3, activation='softmax')])
loss = K.mean(model.output[:, 1])
grads = K.gradients(loss, model.input)[0]
grads /= (K.sqrt(K.mean(K.square(grads))) + 1e-5)
iterate = K.function([model.input], [loss, grads])
x = np.random.rand(1, 8, 8, 1).astype('float32')
start = iterate([x])[0]
for i in range(20):
    loss_value, grads_value = iterate([x])
    x += grads_value * 0.1
assert loss_value > start
get_hidden = K.function([model.layers[0].input, K.learning_phase()], [model.layers[2].output])
calm = get_hidden([x, 0])[0]
wild = get_hidden([x, 1])[0]
assert calm.shape == (1, 16) and (calm == get_hidden([x, 0])[0]).all() and (wild != calm).any()
""")

program("class activation map", "keras.backend (K)")("""
import numpy as np
from keras import backend as K
from keras.models import Model
from keras.layers import Input, Dense, Lambda

i = Input((4, 4, 6))
features = Dense(5, activation='relu', name='last_features')(i)
pooled = Lambda(lambda t: K.mean(t, axis=(1, 2)))(features)
model = Model(i, Dense(3, activation='softmax')(pooled))
x = np.random.rand(1, 4, 4, 6).astype('float32')
preds = model.predict(x, verbose=0)
output = model.output[:, int(np.argmax(preds[0]))]
last = model.get_layer('last_features')
grads = K.gradients(output, last.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last.output[0]])
pooled_value, maps = iterate([x])
assert pooled_value.shape == (5,) and maps.shape == (4, 4, 5)
heatmap = np.mean(maps * pooled_value, axis=-1)
assert np.isfinite(heatmap).all() and np.abs(pooled_value).max() > 0
""")

program("text classification", "input_length=")("""
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.models import Sequential
from keras.layers import Embedding, Flatten, Dense
import numpy as np

docs = ['Well done!', 'Good work', 'Great effort', 'nice work', 'Excellent!',
        'Weak', 'Poor effort!', 'not good', 'poor work', 'Could have done better.']
labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
t = Tokenizer()
t.fit_on_texts(docs)
vocab_size = len(t.word_index) + 1
padded = pad_sequences(t.texts_to_sequences(docs), maxlen=4, padding='post')
model = Sequential()
model.add(Embedding(vocab_size, 8, input_length=4))
model.add(Flatten())
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['acc'])
h = model.fit(padded, labels, epochs=100, verbose=0)
loss, accuracy = model.evaluate(padded, labels, verbose=0)
assert accuracy > 0.85, accuracy
assert h.history['acc'][-1] > 0.85
""")

program("custom training loop", "input_shape= still")("""
import tensorflow as tf
import numpy as np

model = tf.keras.Sequential([tf.keras.layers.Dense(16, activation='relu', input_shape=(2,)), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)
loss_fn = tf.keras.losses.MeanSquaredError()
train_loss = tf.keras.metrics.Mean(name='train_loss')
x = tf.constant(np.random.rand(64, 2), dtype=tf.float32)
y = tf.reduce_sum(x, axis=1, keepdims=True)

@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    return loss

first = train_step(x, y)
for epoch in range(100):
    loss = train_step(x, y)
    if epoch % 50 == 0:
        print(f'epoch {epoch} loss {loss:.4f}', loss.numpy(), float(loss))
assert loss.numpy() < first.numpy()
assert train_loss.result().numpy() > 0
train_loss.reset_states()
""")

program("linear regression on tf alone")("""
import tensorflow as tf

tf.random.set_seed(0)
W = tf.Variable(tf.random.normal([1]), name='weight')
b = tf.Variable(0.0, name='bias')
X = tf.constant([1., 2., 3., 4.])
Y = X * 2.0 + 1.0
for step in range(400):
    with tf.GradientTape() as tape:
        cost = tf.reduce_mean(tf.square(W * X + b - Y))
    dW, db = tape.gradient(cost, [W, b])
    W.assign_sub(0.05 * dW)
    b.assign_sub(0.05 * db)
assert abs(W.numpy()[0] - 2) < 0.05 and abs(b.numpy() - 1) < 0.1
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x ** 2
assert tape.gradient(y, x).numpy() == 6.0
c = tf.constant(3.0)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(c)
    y = tf.multiply(c, c)
    z = y * y
assert tape.gradient(z, c).numpy() == 108.0 and tape.gradient(y, c).numpy() == 6.0
""")

program("stop at an accuracy, and minimize", "input_shape= still", "'acc'", "minimize")("""
import tensorflow as tf
import numpy as np

class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('acc') > 0.6 and logs.get('val_acc') > 0.6:
            print('Reached 60% accuracy so cancelling training!')
            self.model.stop_training = True

model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(input_shape=(2, 2)),
    tf.keras.layers.Dense(64, activation=tf.nn.relu),
    tf.keras.layers.Dense(2, activation=tf.nn.softmax),
])
model.compile(optimizer=tf.keras.optimizers.Adam(0.02), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
x = np.random.rand(200, 2, 2)
y = (x.sum(axis=(1, 2)) > 2).astype(int)
stop = tf.keras.callbacks.EarlyStopping(monitor='val_acc', patience=50)
history = model.fit(x, y, epochs=200, validation_data=(x, y), callbacks=[myCallback(), stop], verbose=0)
assert len(history.epoch) < 200

w = tf.Variable(5.0)
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
for _ in range(100):
    opt.minimize(lambda: (w - 2.0) ** 2, var_list=[w])
assert abs(w.numpy() - 2) < 1e-3
""")

program(
    "Keras 1 convnet",
    "keras.layers.core is",
    "keras.layers.convolutional is",
    "one by one",
    "border_mode=",
    "input_shape= still",
    "keras.utils.np_utils is",
    "nb_epoch=",
    "subsample=",
)("""
import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation, Flatten
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.utils import np_utils
from keras.layers import Conv2D

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='valid', input_shape=(12, 12, 1)))
model.add(Activation('relu'))
model.add(Convolution2D(8, 3, 3, subsample=(2, 2)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(3))
model.add(Activation('softmax'))
assert model.layers[0].kernel.shape == (3, 3, 1, 8) and model.layers[0].output.shape == (None, 10, 10, 8)
assert model.layers[2].output.shape == (None, 4, 4, 8)
model.compile(loss='categorical_crossentropy', optimizer='adadelta', metrics=['accuracy'])
x, y = np.random.rand(32, 12, 12, 1), np_utils.to_categorical(np.random.randint(0, 3, 32), 3)
model.fit(x, y, batch_size=16, nb_epoch=1, verbose=0, validation_data=(x, y))
assert isinstance(model.layers[0], Conv2D) and Conv2D(4, 2, 2).strides == (2, 2)
""")

program(
    "Keras 1 Merge, Deconvolution, AtrousConvolution",
    "Conv2DTranspose(3, 3, 3): sizes of the kernel one by one",
    "Conv2D(4, 3, 3): sizes of the kernel one by one",
    "border_mode=",
    "subsample=",
    "output_shape= is of Keras 1",
    "Conv2D: the argument atrous_rate=",
    "Conv1D: the argument atrous_rate=",
    "nb_epoch=",
    "input_dim= still",
    "input_shape= still",
)("""
import random
import numpy as np
random.seed(0)
from keras.models import Sequential
from keras.layers import Merge, Dense, Deconvolution2D, AtrousConvolution1D, AtrousConvolution2D
for mode, width in (('concat', 6), ('sum', 3), ('mul', 3), ('ave', 3), ('max', 3), ('dot', 1), ('cos', 1)):
    left = Sequential([Dense(3, input_dim=2)])
    right = Sequential([Dense(3, input_dim=4)])
    model = Sequential()
    joined = Merge([left, right], mode=mode)
    assert joined.output_shape == (None, width), mode
    model.add(joined)
    model.add(Dense(1))
    model.compile('sgd', 'mse')
    x = [np.ones((4, 2)), np.ones((4, 4))]
    history = model.fit(x, np.ones((4, 1)), nb_epoch=2, verbose=0)
    assert history.history['loss'][1] < history.history['loss'][0] or mode == 'cos'
    assert model.predict(x, verbose=0).shape == (4, 1)
m = Sequential([Deconvolution2D(3, 3, 3, output_shape=(None, 25, 25, 3), border_mode='valid', subsample=(2, 2),
                                input_shape=(12, 12, 2))])
assert m.output_shape == (None, 25, 25, 3)
m = Sequential([AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), input_shape=(12, 12, 3))])
assert m.output_shape == (None, 8, 8, 4) and m.layers[0].dilation_rate == (2, 2)
assert AtrousConvolution1D(4, 3, atrous_rate=3).dilation_rate == (3,)
""")

program("autoencoder and its halves")("""
from keras.layers import Input, Dense
from keras.models import Model
import numpy as np

encoding_dim = 8
input_img = Input(shape=(64,))
encoded = Dense(encoding_dim, activation='relu')(input_img)
decoded = Dense(64, activation='sigmoid')(encoded)
autoencoder = Model(input_img, decoded)
encoder = Model(input_img, encoded)
encoded_input = Input(shape=(encoding_dim,))
decoder_layer = autoencoder.layers[-1]
decoder = Model(encoded_input, decoder_layer(encoded_input))
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
x = np.random.rand(100, 64)
autoencoder.fit(x, x, epochs=2, batch_size=32, shuffle=True, validation_data=(x, x), verbose=0)
assert np.allclose(decoder.predict(encoder.predict(x, verbose=0), verbose=0), autoencoder.predict(x, verbose=0), atol=1e-5)
""")

program("siamese twins", "keras.backend (K)")("""
import numpy as np
from keras.models import Model, Sequential
from keras.layers import Input, Dense, Dropout, Lambda, Flatten
from keras.optimizers import RMSprop
from keras import backend as K

def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))

def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)

def contrastive_loss(y_true, y_pred):
    margin = 1
    square_pred = K.square(y_pred)
    margin_square = K.square(K.maximum(margin - y_pred, 0))
    return K.mean(y_true * square_pred + (1 - y_true) * margin_square)

def create_base_network(input_shape):
    input = Input(shape=input_shape)
    x = Flatten()(input)
    x = Dense(16, activation='relu')(x)
    x = Dropout(0.1)(x)
    return Model(input, Dense(16, activation='relu')(x))

def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))

base_network = create_base_network((4, 4))
input_a, input_b = Input(shape=(4, 4)), Input(shape=(4, 4))
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)([base_network(input_a), base_network(input_b)])
model = Model([input_a, input_b], distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(), metrics=[accuracy])
a, b = np.random.rand(2, 64, 4, 4).astype('float32')
h = model.fit([a, b], np.random.randint(0, 2, 64).astype('float32'), batch_size=16, epochs=3, verbose=0)
assert 'accuracy' in h.history and np.isfinite(h.history['loss']).all()
""")

program("variational encoder", "keras.backend (K)")("""
import numpy as np
import keras
from keras import layers, backend as K
from keras.models import Model

latent_dim = 2
inp = keras.Input(shape=(16,))
h = layers.Dense(8, activation='relu')(inp)
z_mean = layers.Dense(latent_dim)(h)
z_log_var = layers.Dense(latent_dim)(h)

def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(K.shape(z_mean)[0], latent_dim), mean=0., stddev=1.)
    return z_mean + K.exp(z_log_var) * epsilon

z = layers.Lambda(sampling)([z_mean, z_log_var])
x_decoded = layers.Dense(16, activation='sigmoid')(z)

class CustomVariationalLayer(keras.layers.Layer):
    def vae_loss(self, x, z_decoded, z_mean, z_log_var):
        x = K.flatten(x)
        z_decoded = K.flatten(z_decoded)
        xent_loss = keras.metrics.binary_crossentropy(x, z_decoded)
        kl_loss = -5e-4 * K.mean(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
        return K.mean(xent_loss + kl_loss)

    def call(self, inputs):
        self.add_loss(self.vae_loss(*inputs))
        return inputs[0]

y = CustomVariationalLayer()([inp, x_decoded, z_mean, z_log_var])
vae = Model(inp, y)
vae.compile(optimizer='rmsprop', loss=None)
x = np.random.rand(64, 16)
hist = vae.fit(x=x, y=None, shuffle=True, epochs=30, batch_size=16, validation_data=(x, None), verbose=0)
assert hist.history['loss'][-1] < hist.history['loss'][0] and len(hist.history['val_loss']) == 30
""")

program("adversaries", "input_dim= still", "frozen after compile()")("""
import numpy as np
from keras.models import Sequential, Model
from keras.layers import Dense, LeakyReLU, Input
from keras.optimizers import Adam

generator = Sequential([Dense(8, input_dim=4), LeakyReLU(0.2), Dense(2)])
discriminator = Sequential([Dense(8, input_dim=2), LeakyReLU(0.2), Dense(1, activation='sigmoid')])
discriminator.compile(loss='binary_crossentropy', optimizer=Adam(0.01), metrics=['accuracy'])
discriminator.trainable = False
z = Input(shape=(4,))
combined = Model(z, discriminator(generator(z)))
combined.compile(loss='binary_crossentropy', optimizer=Adam(0.01))

def copy(model):
    return [w.copy() for w in model.get_weights()]

for step in range(5):
    d, g = copy(discriminator), copy(generator)
    fake = generator.predict(np.random.randn(16, 4), verbose=0)
    d_loss, d_acc = discriminator.train_on_batch(fake, np.zeros((16, 1)))
    assert any((a != b).any() for a, b in zip(d, copy(discriminator)))
    assert all((a == b).all() for a, b in zip(g, copy(generator)))
    d = copy(discriminator)
    g_loss = combined.train_on_batch(np.random.randn(16, 4), np.ones((16, 1)))
    assert all((a == b).all() for a, b in zip(d, copy(discriminator)))
    assert any((a != b).any() for a, b in zip(g, copy(generator)))
    assert np.isfinite([d_loss, g_loss]).all()
""")

program("sequences of keras.utils, class weights")("""
import math
import numpy as np
from keras.utils import Sequence, to_categorical
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.preprocessing.sequence import TimeseriesGenerator

class Batches(Sequence):
    def __init__(self, x_set, y_set, batch_size):
        self.x, self.y = x_set, y_set
        self.batch_size = batch_size
    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)
    def __getitem__(self, idx):
        part = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        return np.array(self.x[part]), np.array(self.y[part])

x, labels = np.random.rand(50, 3), np.random.randint(0, 2, 50)
model = Sequential([Input((3,)), Dense(2, activation='softmax')])
model.compile('sgd', 'categorical_crossentropy', metrics=['categorical_accuracy'])
h = model.fit(Batches(x, to_categorical(labels, 2), 8), epochs=2, verbose=0)
assert 'categorical_accuracy' in h.history
model.fit(x, to_categorical(labels), class_weight={0: 1., 1: 5.}, sample_weight=None, epochs=1, verbose=0)
for layer in model.layers:
    weights = layer.get_weights()
    layer.set_weights([w * 0 for w in weights])
    assert layer.get_config()['units'] == 2
assert np.allclose(model.predict(x, verbose=0), 0.5)
data = np.arange(20.)
assert TimeseriesGenerator(data, data, length=3, batch_size=4)[0][0].shape == (4, 3)
""")

program("the tf functions")("""
import tensorflow as tf
import numpy as np
a = tf.constant([[1, 2], [3, 4]], dtype=tf.float32)
assert tf.matmul(a, a).numpy().tolist() == [[7, 10], [15, 22]]
assert tf.matmul(a, a, transpose_b=True).numpy().tolist() == [[5, 11], [11, 25]]
assert tf.transpose(a).numpy().tolist() == [[1, 3], [2, 4]]
assert tf.concat([a, a], axis=0).shape == (4, 2) and tf.stack([a, a]).shape == (2, 2, 2)
assert tf.reduce_max(a).numpy() == 4 and tf.reduce_sum(a, 1).numpy().tolist() == [3, 7]
assert tf.argmax(a, axis=1).numpy().tolist() == [1, 1] and tf.argmax(a, 1).dtype == 'int64'
assert tf.cast(a, tf.int32).dtype == 'int32' and tf.shape(a).numpy().tolist() == [2, 2]
assert tf.one_hot([0, 2], 3).numpy().tolist() == [[1, 0, 0], [0, 0, 1]]
assert tf.range(3).numpy().tolist() == [0, 1, 2] and tf.zeros([2, 3]).shape == (2, 3)
assert tf.where(a > 2, a, 0.0).numpy().tolist() == [[0, 0], [3, 4]]
assert tf.where([True, False, True]).numpy().tolist() == [[0], [2]]
assert tf.gather(a, [1]).numpy().tolist() == [[3, 4]] and tf.tile([1, 2], [2]).numpy().tolist() == [1, 2, 1, 2]
assert tf.clip_by_value(a, 2, 3).numpy().tolist() == [[2, 2], [3, 3]]
assert np.allclose(tf.nn.softmax(a).numpy().sum(axis=1), 1) and tf.nn.relu([-1.0, 1.0]).numpy().tolist() == [0, 1]
assert np.allclose(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 0], logits=a).numpy(),
                   tf.nn.softmax_cross_entropy_with_logits(labels=[[0., 1.], [1., 0.]], logits=a).numpy())
assert np.allclose(tf.math.log(tf.exp(a)).numpy(), a.numpy(), rtol=1e-5)
assert tf.random.uniform([2], 0, 10, dtype=tf.int32).dtype == 'int32' and tf.random.normal((3,)).shape == (3,)
assert tf.squeeze(tf.expand_dims(a, 0)).shape == (2, 2) and tf.reshape(a, [-1]).shape == (4,)
assert len(tf.split(tf.range(6), 3)) == 3 and [len(p) for p in tf.split(tf.range(6), [1, 5])] == [1, 5]
assert tf.config.list_physical_devices('GPU') == [] and tf.executing_eagerly()
assert isinstance(a, tf.Tensor) and int(tf.__version__.split('.')[0]) == 2
assert tf.keras.__version__ and tf.is_tensor(a) and tf.norm(a).shape == ()
try:
    tf.estimator
except AttributeError as error:
    assert 'Sequential' in str(error)
else:
    raise SystemExit('no error')
""")

program("subclass")("""
import tensorflow as tf
from tensorflow.keras.layers import Dense, Flatten, Dropout
from tensorflow.keras import Model
import numpy as np

class MyModel(Model):
    def __init__(self):
        super(MyModel, self).__init__()
        self.flatten = Flatten()
        self.d1 = Dense(32, activation='relu')
        self.drop = Dropout(0.2)
        self.d2 = Dense(4)

    def call(self, x, training=False):
        return self.d2(self.drop(self.d1(self.flatten(x)), training=training))

model = MyModel()
model.compile(optimizer='adam', loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
x = np.random.rand(64, 4, 4)
y = x.reshape(64, -1)[:, :4].argmax(axis=1)
h = model.fit(x, y, epochs=150, verbose=0)
assert h.history['accuracy'][-1] > 0.5
assert model(x[:2]).numpy().shape == (2, 4)
""")

program("callbacks and files", "input_dim= still")("""
import os, tempfile
import numpy as np
from keras.models import Sequential, load_model, model_from_json
from keras.layers import Dense, BatchNormalization
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, LearningRateScheduler, Callback

class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []
    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

os.chdir(tempfile.mkdtemp())
model = Sequential()
model.add(Dense(8, input_dim=4, activation='relu'))
model.add(BatchNormalization())
model.add(Dense(3, activation='softmax'))
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
x, y = np.random.rand(60, 4), np.random.randint(0, 3, 60)
seen = LossHistory()
model.fit(x, y, validation_split=0.2, epochs=4, verbose=0, callbacks=[
    seen, EarlyStopping(monitor='val_loss', patience=2), ModelCheckpoint('best.h5', save_best_only=True),
    ReduceLROnPlateau(patience=1), LearningRateScheduler(lambda epoch: 0.01 / (epoch + 1))])
assert len(seen.losses) >= 2
model.save_weights('weights.h5')
with open('model.json', 'w') as f:
    f.write(model.to_json())
with open('model.json') as f:
    twin = model_from_json(f.read())
twin.load_weights('weights.h5')
assert np.allclose(twin.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
model.save('whole.h5')
assert np.allclose(load_model('whole.h5').predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
assert os.path.exists('best.h5')
""")

program("mnist shaped", "input_shape= still")("""
import numpy as np, os, tempfile
home = tempfile.mkdtemp()
path = os.path.join(home, 'mnist.npz')
rng = np.random.RandomState(0)
np.savez(path, x_train=rng.randint(0, 256, (600, 28, 28)).astype('uint8'), y_train=rng.randint(0, 10, 600).astype('uint8'),
         x_test=rng.randint(0, 256, (100, 28, 28)).astype('uint8'), y_test=rng.randint(0, 10, 100).astype('uint8'))
from tensorflow.keras.datasets import mnist
from tensorflow.keras.utils import to_categorical
import tensorflow.keras.layers as L
(train_images, train_labels), (test_images, test_labels) = mnist.load_data(path)
from tensorflow.keras import models
network = models.Sequential()
network.add(L.Dense(512, activation='relu', input_shape=(28 * 28,)))
network.add(L.Dense(10, activation='softmax'))
network.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
train_images = train_images.reshape((600, 28 * 28)).astype('float32') / 255
network.fit(train_images, to_categorical(train_labels), epochs=2, batch_size=128, verbose=2)
test_loss, test_acc = network.evaluate(test_images.reshape((100, 784)) / 255., to_categorical(test_labels), verbose=0)
print('test_acc:', test_acc)
""")

program("Keras 3")("""
import keras
from keras import layers, ops
import numpy as np

keras.utils.set_random_seed(1)

class Linear(keras.layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer='random_normal')
        self.b = self.add_weight(shape=(self.units,), initializer='zeros')
    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b

class CustomModel(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(ops.square(y - y_pred))

inputs = keras.Input(shape=(3,))
model = CustomModel(inputs, Linear(1)(inputs))
model.compile(optimizer=keras.optimizers.Adam(0.1))
x = np.random.rand(64, 3)
h = model.fit(x, x.sum(axis=1, keepdims=True), epochs=20, verbose=0)
assert h.history['loss'][-1] < 0.1 * h.history['loss'][0]
assert keras.__version__.split('.')[0] == '3' and keras.backend.backend()
y = keras.ops.convert_to_tensor([1.0])
assert keras.ops.is_tensor(y)
""")

program("two inputs, two outputs, dict losses")("""
from tensorflow import keras
from tensorflow.keras.layers import Input, Dense, concatenate
import numpy as np
a = Input(shape=(3,), name='a')
b = Input(shape=(2,), name='b')
x = concatenate([a, b], axis=-1)
model = keras.models.Model(inputs=[a, b], outputs=[Dense(1, name='price')(x), Dense(1, activation='sigmoid', name='sold')(x)])
model.compile(optimizer='rmsprop', loss={'price': 'mse', 'sold': 'binary_crossentropy'},
              loss_weights={'price': 0.25, 'sold': 1.}, metrics={'sold': 'accuracy'})
n = 32
h = model.fit({'a': np.ones((n, 3)), 'b': np.ones((n, 2))}, {'price': np.ones((n, 1)), 'sold': np.ones((n, 1))},
              epochs=2, batch_size=8, verbose=0)
assert 'sold_accuracy' in h.history and 'price_loss' in h.history, list(h.history)
""")

program(
    "other import roads",
    *(f"keras.layers.{n} is" for n in ("convolutional", "recurrent", "embeddings", "normalization", "noise", "core")),
    "keras.layers.advanced_activations is",
    "keras.objectives is",
    "keras.utils.generic_utils is",
    "keras.utils.np_utils is",
    "keras.optimizers.adam is",
    "keras.optimizers.legacy is",
    "keras.constraints.maxnorm is",
)("""
import keras.layers as kl
import tf_keras
import tensorflow.python.keras.layers as inner
from keras.layers.convolutional import Layer as A
from keras.layers.recurrent import Layer as B
from keras.layers.embeddings import Embedding
from keras.layers.normalization import BatchNormalization
from keras.layers.noise import GaussianNoise
from keras.layers.advanced_activations import LeakyReLU, PReLU
from keras.objectives import mean_squared_error, mse
from keras.utils.generic_utils import get_custom_objects
from keras.utils.np_utils import to_categorical
from keras.src.layers import Dense
from keras.optimizers import adam
from keras.optimizers.legacy import Adam
from keras.constraints import maxnorm
from keras.layers import *
import keras
assert kl.Dense is inner.Dense is tf_keras.layers.Dense is Dense is keras.layers.Dense
assert keras.layers.core.Dense is Dense
assert Add is keras.layers.Add
assert 'Dense' in dir(keras.layers) and 'layers' in dir(keras)
for name in ('keras.nonsense', 'tensorflow.nonsense'):
    try:
        __import__(name)
    except ImportError as error:
        assert 'lamina stands in' in str(error)
    else:
        raise SystemExit('no error')
""")


def run(text, tmp_path, *args, warnings="ignore"):
    script = tmp_path / "program.py"
    script.write_text(text)
    environment = {**os.environ, "PYTHONWARNINGS": warnings}
    return subprocess.run(
        [sys.executable, "-m", "lamina", "run", str(script), *args], capture_output=True, text=True, env=environment,
        cwd=tmp_path, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_runs_with_one_note_for_each_old_spelling(name, tmp_path, engine_name):
    text, notes = PROGRAMS[name]
    if engine_name == "torch" and ".dtype == '" in text:
        pytest.skip("torch's dtypes are not equal to their names")
    done = run(text, tmp_path, warnings="always::DeprecationWarning")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    lines = [line for line in done.stderr.splitlines() if "DeprecationWarning: " in line]
    missing = [note for note in notes if sum(note in line for line in lines) != 1]
    assert not missing and len(lines) == len(notes), "\n".join([*map(repr, missing), *lines])
    assert all("program.py:" in line for line in lines), "notes point at the program's own lines"
