"""What a training step sees: crops of shards, their targets and augmentation."""
