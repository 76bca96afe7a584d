"""Corpora and shards of labelled audio."""
