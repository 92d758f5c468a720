"""Programs in the manner of a book's chapters, on data that they make: pipelines of files, images, texts and series."""

import os
import subprocess
import sys

import pytest

PROGRAMS = {
    "cats and dogs, Keras 2": """
import os
import numpy as np
import random
from keras import layers, models, optimizers
from keras.preprocessing import image
from keras.preprocessing.image import ImageDataGenerator

random.seed(0)
rng = np.random.RandomState(0)
for part, count in (('train', 20), ('validation', 8)):
    for kind, level in (('cats', 60), ('dogs', 190)):
        folder = os.path.join('small', part, kind)
        os.makedirs(folder)
        for i in range(count):
            pixels = np.clip(rng.normal(level, 20, (30, 40, 3)), 0, 255)
            image.array_to_img(pixels, scale=False).save(os.path.join(folder, '%s.%d.jpg' % (kind, i)))

train_datagen = ImageDataGenerator(rescale=1. / 255, rotation_range=40, width_shift_range=0.2, height_shift_range=0.2,
                                   shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
test_datagen = ImageDataGenerator(rescale=1. / 255)
train_generator = train_datagen.flow_from_directory(
    'small/train', target_size=(16, 16), batch_size=10, class_mode='binary')
validation_generator = test_datagen.flow_from_directory(
    'small/validation', target_size=(16, 16), batch_size=4, class_mode='binary')
for data_batch, labels_batch in train_generator:
    assert data_batch.shape == (10, 16, 16, 3) and labels_batch.shape == (10,)
    break
model = models.Sequential()
model.add(layers.Conv2D(4, (3, 3), activation='tanh', input_shape=(16, 16, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=optimizers.RMSprop(lr=1e-2), metrics=['acc'])
history = model.fit_generator(train_generator, steps_per_epoch=4, epochs=12, validation_data=validation_generator,
                              validation_steps=4, verbose=0)
assert history.history['val_acc'][-1] == 1.0, history.history['val_acc']
path = os.path.join('small/train/cats', os.listdir('small/train/cats')[3])
x = image.img_to_array(image.load_img(path, target_size=(16, 16)))
x = x.reshape((1,) + x.shape)
i = 0
for batch in train_datagen.flow(x, batch_size=1):
    assert image.array_to_img(batch[0]).size == (16, 16)
    i += 1
    if i % 4 == 0:
        break
""",
    "cats and dogs, Keras 3": """
import pathlib
import numpy as np
import keras
from keras import layers
from keras.utils import image_dataset_from_directory

keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
base = pathlib.Path('cats_vs_dogs')
for kind, level in (('cat', 60), ('dog', 190)):
    (base / kind).mkdir(parents=True)
    for i in range(20):
        keras.utils.save_img(base / kind / f'{i}.png', np.clip(rng.normal(level, 20, (20, 24, 3)), 0, 255), scale=False)
train, validation = image_dataset_from_directory(base, image_size=(16, 16), batch_size=8, validation_split=0.2, subset='both',
                                                 seed=3)
for data_batch, labels_batch in train:
    assert data_batch.shape == (8, 16, 16, 3) and labels_batch.shape == (8,)
    break
inputs = keras.Input(shape=(16, 16, 3))
x = layers.Rescaling(1.0 / 255)(inputs)
x = layers.Conv2D(4, 3, activation='tanh')(x)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(1, activation='sigmoid')(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.05), loss='binary_crossentropy', metrics=['accuracy'])
history = model.fit(train, epochs=12, validation_data=validation, verbose=0)
assert history.history['val_accuracy'][-1] == 1.0, history.history['val_accuracy']
features = [model.predict(images, verbose=0) for images, labels in validation]
assert sum(len(f) for f in features) == 8
""",
    "texts from folders with tf.data": """
import os, re, string
import tensorflow as tf
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(1)
for part in ('train', 'test'):
    for kind, words in (('neg', 'a dull bad film'), ('pos', 'a fine good film')):
        os.makedirs(f'imdb/{part}/{kind}')
        for i in range(12):
            with open(f'imdb/{part}/{kind}/{i}.txt', 'w') as f:
                f.write(f'{words}<br /> number {i}!')
AUTOTUNE = tf.data.AUTOTUNE
raw_train = tf.keras.utils.text_dataset_from_directory(
    'imdb/train', batch_size=4, validation_split=0.25, subset='training', seed=42)
raw_test = tf.keras.utils.text_dataset_from_directory('imdb/test', batch_size=4)
for text_batch, label_batch in raw_train.take(1):
    for i in range(3):
        assert b'film' in text_batch.numpy()[i] and label_batch.numpy()[i] in (0, 1)
assert raw_train.class_names[1] == 'pos'

def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped = tf.strings.regex_replace(lowercase, '<br />', ' ')
    return tf.strings.regex_replace(stripped, '[%s]' % re.escape(string.punctuation), '')

clean = raw_train.map(lambda x, y: (custom_standardization(x), y)).unbatch()
words = set()
for text, label in clean:
    words.update(w.numpy().decode('utf-8') for w in tf.strings.split(text))
assert 'film' in words and 'br' not in words
lookup = layers.StringLookup(vocabulary=sorted(words), output_mode='multi_hot')
prepare = lambda text, label: (lookup(tf.strings.split(custom_standardization(text))), label)
train = raw_train.unbatch().map(prepare, num_parallel_calls=AUTOTUNE).batch(4).cache().prefetch(AUTOTUNE)
test = raw_test.unbatch().map(prepare).batch(4)
model = tf.keras.Sequential([tf.keras.Input((len(words) + 1,)), layers.Dense(1, activation='sigmoid')])
model.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
model.optimizer.learning_rate = 0.05
model.fit(train, epochs=15, verbose=0)
assert model.evaluate(test, verbose=0)[1] == 1.0
""",
    "weather in windows": """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
temperature = np.sin(np.arange(600) / 12)
raw_data = np.stack([temperature, rng.normal(size=600)], 1)
num_train, num_val = 300, 150
raw_data = (raw_data - raw_data[:num_train].mean(axis=0)) / raw_data[:num_train].std(axis=0)
sampling_rate, sequence_length = 2, 6
delay = sampling_rate * (sequence_length + 4 - 1)
make = lambda start, end: keras.utils.timeseries_dataset_from_array(
    raw_data[:-delay], targets=temperature[delay:], sampling_rate=sampling_rate, sequence_length=sequence_length,
    shuffle=True, batch_size=32, start_index=start, end_index=end)
train_dataset, val_dataset = make(0, num_train), make(num_train, num_train + num_val)
for samples, targets in train_dataset:
    assert samples.shape == (32, 6, 2) and targets.shape == (32,)
    break

def naive(dataset):
    total, seen = 0.0, 0
    for samples, targets in dataset:
        total += np.sum(np.abs(samples[:, -1, 0] - targets))
        seen += samples.shape[0]
    return total / seen

inputs = keras.Input(shape=(sequence_length, 2))
outputs = layers.Dense(1)(layers.LSTM(8)(inputs))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss='mse', metrics=['mae'])
model.fit(train_dataset, epochs=12, validation_data=val_dataset, verbose=0)
assert model.evaluate(val_dataset, verbose=0)[1] < naive(val_dataset) / 2
""",
    "a pipeline of image files": """
import os
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
for kind, level in (('daisy', 60), ('rose', 190)):
    os.makedirs(f'flowers/{kind}')
    for i in range(12):
        pixels = np.clip(rng.normal(level, 20, (20, 24, 3)), 0, 255).astype('uint8')
        tf.io.write_file(f'flowers/{kind}/{i}.jpg', tf.io.encode_jpeg(pixels))
list_ds = tf.data.Dataset.list_files('flowers/*/*.jpg', shuffle=False)
image_count = len(list_ds)
list_ds = list_ds.shuffle(image_count, reshuffle_each_iteration=False)
class_names = np.array(sorted(os.listdir('flowers')))
val_size = int(image_count * 0.25)
train_ds, val_ds = list_ds.skip(val_size), list_ds.take(val_size)
assert tf.data.experimental.cardinality(train_ds).numpy() == 18

def get_label(file_path):
    parts = tf.strings.split(file_path, os.path.sep)
    return tf.argmax(tf.cast(parts[-2] == class_names, tf.int32))

def process_path(file_path):
    img = tf.io.decode_jpeg(tf.io.read_file(file_path), channels=3)
    img = tf.image.resize(tf.image.convert_image_dtype(img, tf.float32), [12, 12])
    return tf.image.random_flip_left_right(img), get_label(file_path)

def configure(ds):
    return ds.cache().shuffle(buffer_size=1000).batch(6).prefetch(buffer_size=tf.data.AUTOTUNE)

train_ds = configure(train_ds.map(process_path, num_parallel_calls=tf.data.AUTOTUNE))
val_ds = configure(val_ds.map(process_path, num_parallel_calls=tf.data.AUTOTUNE))
image_batch, label_batch = next(iter(train_ds))
assert image_batch[0].numpy().max() <= 1.0 and class_names[label_batch[0].numpy()] in class_names
model = tf.keras.Sequential([tf.keras.Input((12, 12, 3)), tf.keras.layers.Conv2D(4, 3), tf.keras.layers.GlobalMaxPooling2D(),
                             tf.keras.layers.Dense(2)])
model.compile(optimizer=tf.keras.optimizers.Adam(0.05), loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=15, verbose=0)
assert model.evaluate(val_ds, verbose=0)[1] == 1.0
""",
    "a training loop of one's own": """
import numpy as np
import tensorflow as tf

x = np.random.default_rng(0).normal(size=(64, 3)).astype('float32')
y = x @ np.array([[1.0], [-2.0], [0.5]], 'float32')
dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1024).batch(16)
model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
optimizer, loss_fn = tf.keras.optimizers.SGD(0.1), tf.keras.losses.MeanSquaredError()
for epoch in range(20):
    for step, (x_batch, y_batch) in enumerate(dataset):
        with tf.GradientTape() as tape:
            loss = loss_fn(y_batch, model(x_batch, training=True))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
assert float(loss) < 1e-3, float(loss)

@tf.function
def train_step(batch):
    with tf.GradientTape() as tape:
        loss = loss_fn(batch['target'], model(batch['input']))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss

named = tf.data.Dataset.from_tensor_slices({'input': x, 'target': y}).batch(16).repeat(2)
losses = [float(train_step(batch)) for batch in named]
assert len(losses) == 8 and losses[-1] < 1e-3
""",
    "word indices of reviews": """
import os, json
import numpy as np
from keras.datasets import imdb
from keras.preprocessing.sequence import pad_sequences
from keras.utils import get_file, to_categorical
from keras.preprocessing import sequence

os.makedirs(os.path.join(os.environ['KERAS_HOME'], 'datasets'))
rng = np.random.default_rng(0)
texts = np.empty(40, dtype=object)
texts[:] = [rng.integers(1, 50, rng.integers(5, 12)).tolist() for _ in range(40)]
labels = np.array([int(np.mean(t) > 25) for t in texts])
path = os.path.abspath('mine.npz')
np.savez(path, x_train=texts, y_train=labels, x_test=texts, y_test=labels)
(train_data, train_labels), (test_data, test_labels) = imdb.load_data(path, num_words=40)
assert max(max(s) for s in train_data) < 40 and train_data[0][0] == 1
assert pad_sequences(train_data, maxlen=20).shape == (40, 20) == sequence.pad_sequences(test_data, maxlen=20).shape
with open('words.json', 'w') as f:
    json.dump({'w%d' % i: i for i in range(1, 50)}, f)
word_index = imdb.get_word_index(os.path.abspath('words.json'))
reverse = dict([(value, key) for (key, value) in word_index.items()])
assert ' '.join([reverse.get(i - 3, '?') for i in train_data[0]]).startswith('? ')
kept = get_file('words.json', origin='file://' + os.path.abspath('words.json'))
assert kept == os.path.join(os.environ['KERAS_HOME'], 'datasets', 'words.json')
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_runs(name, tmp_path):
    if "jpg" in PROGRAMS[name] or "image" in PROGRAMS[name]:
        pytest.importorskip("PIL")
    script = tmp_path / "program.py"
    script.write_text(PROGRAMS[name])
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "KERAS_HOME": str(tmp_path / "home")}
    environment.pop("LAMINA_HOME", None)
    done = subprocess.run(
        [sys.executable, "-m", "lamina", "run", str(script)], capture_output=True, text=True, env=environment, cwd=tmp_path,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
