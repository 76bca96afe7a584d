"""Tests of trainer/datasets."""
