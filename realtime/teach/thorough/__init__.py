"""Teaching all weights of the model, with the trainer's help."""
