"""Notes and sound on disk: formats read, checked and written."""
