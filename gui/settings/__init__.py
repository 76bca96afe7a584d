"""Controls for the engine's settings, and where choices are remembered."""
