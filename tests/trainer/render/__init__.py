"""Tests of trainer/render."""
