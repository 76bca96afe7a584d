"""Tests of trainer/crops."""
