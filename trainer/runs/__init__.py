"""A run of training: its folder, settings, machine, checkpoints, loggers and means."""
