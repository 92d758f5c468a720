"""A small convolutional network from folders, with augmentation by ImageDataGenerator (Keras 2)."""

import random

from keras import layers, models, optimizers
from keras.models import load_model
from keras.preprocessing import image
from keras.preprocessing.image import ImageDataGenerator

random.seed(0)  # fixes the first weights and the orders

model = models.Sequential()
model.add(layers.Conv2D(8, (3, 3), activation="relu", input_shape=(32, 32, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(16, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dropout(0.2))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=optimizers.RMSprop(lr=2e-3), metrics=["acc"])

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    rotation_range=5,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.05,
    zoom_range=0.1,
    horizontal_flip=True,
    fill_mode="nearest",
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
train_generator = train_datagen.flow_from_directory(
    "cats_vs_dogs/train", target_size=(32, 32), batch_size=8, class_mode="binary"
)
validation_generator = test_datagen.flow_from_directory(
    "cats_vs_dogs/validation", target_size=(32, 32), batch_size=10, class_mode="binary"
)
assert train_generator.class_indices == {"cat": 0, "dog": 1}
for data_batch, labels_batch in train_generator:
    assert data_batch.shape == (8, 32, 32, 3) and labels_batch.shape == (8,)
    break

history = model.fit_generator(
    train_generator, steps_per_epoch=6, epochs=8, validation_data=validation_generator, validation_steps=2, verbose=0
)
assert len(history.history["val_acc"]) == 8
loss, acc = model.evaluate_generator(validation_generator, steps=2)
assert acc > 0.8, acc
model.save("cats_and_dogs_small_1.h5")

img = image.load_img("cats_vs_dogs/test/dog/dog.3.jpg", target_size=(32, 32))
x = image.img_to_array(img).reshape((1, 32, 32, 3))
for i, batch in enumerate(train_datagen.flow(x, batch_size=1)):
    assert batch.max() <= 1.0
    if i == 3:
        break
assert load_model("cats_and_dogs_small_1.h5").predict(x / 255)[0, 0] > 0.5

# What a layer sees, and which class a place of the picture speaks for.
activation_model = models.Model(inputs=model.input, outputs=[layer.output for layer in model.layers[:4]])
activations = activation_model.predict(x / 255)
assert [a.shape[1:] for a in activations] == [(30, 30, 8), (15, 15, 8), (13, 13, 16), (6, 6, 16)]
