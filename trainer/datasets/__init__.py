"""Readers of corpora: recordings and their notes."""
