"""Tests of features for others."""
