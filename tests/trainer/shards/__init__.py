"""Tests of trainer/shards."""
