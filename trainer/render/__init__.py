"""Scores -> labelled audio with sampled instruments."""
