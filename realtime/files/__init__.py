"""Notes and sound on disk, written atomically."""
