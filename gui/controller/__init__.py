"""The window's side of the engine: snapshots in, frames to draw out."""
