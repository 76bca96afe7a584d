"""Sound in, note events out: pure, without threads or devices; the one decoder."""
