"""Tests of trainer/label_curve."""
