"""A take from its first sample to an entry of the library; it survives `kill -9`."""
