"""Images changed at random in training, cropped and recoloured."""
