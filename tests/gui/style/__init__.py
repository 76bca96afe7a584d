"""Tests of gui/style."""
