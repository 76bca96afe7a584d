"""Tests of gui/take_editor."""
