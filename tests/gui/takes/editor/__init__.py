"""Tests of gui/takes/editor."""
