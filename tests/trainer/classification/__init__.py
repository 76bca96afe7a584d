"""Tests of trainer/classification."""
