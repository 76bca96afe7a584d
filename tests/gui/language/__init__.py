"""Tests of gui/language."""
