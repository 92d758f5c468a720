"""A small convolutional network from folders, with augmenting layers (Keras 3)."""

import pathlib
import random

import keras
from keras import layers
from keras.utils import image_dataset_from_directory

random.seed(0)  # fixes the first weights and the orders

new_base_dir = pathlib.Path("cats_vs_dogs")
train_dataset = image_dataset_from_directory(new_base_dir / "train", image_size=(32, 32), batch_size=8, seed=1)
validation_dataset = image_dataset_from_directory(new_base_dir / "validation", image_size=(32, 32), batch_size=8)
test_dataset = image_dataset_from_directory(new_base_dir / "test", image_size=(32, 32), batch_size=8, shuffle=False)
assert train_dataset.class_names == ["cat", "dog"]

data_augmentation = keras.Sequential(
    [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.02),
        layers.RandomZoom(0.1),
    ]
)
inputs = keras.Input(shape=(32, 32, 3))
x = data_augmentation(inputs)
x = layers.Rescaling(1.0 / 255)(x)
x = layers.Conv2D(filters=8, kernel_size=5, use_bias=False)(x)
for size in [8, 16]:
    residual = x
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(size, 3, padding="same", use_bias=False)(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    residual = layers.Conv2D(size, 1, strides=2, padding="same", use_bias=False)(residual)
    x = layers.add([x, residual])
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.1)(x))
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02), metrics=["accuracy"])
callbacks = [keras.callbacks.ModelCheckpoint(filepath="cats.keras", save_best_only=True, monitor="val_loss")]
model.fit(train_dataset, epochs=15, validation_data=validation_dataset, callbacks=callbacks, verbose=0)
test_model = keras.models.load_model("cats.keras")
test_loss, test_acc = test_model.evaluate(test_dataset, verbose=0)
assert test_acc > 0.8, test_acc
