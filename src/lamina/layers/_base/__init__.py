"""What every layer is made of: building, calling, state, losses, masks, and the spellings of earlier Kerases."""
