"""Encoders: raw audio in, one vector per frame (and per pitch row) out."""
