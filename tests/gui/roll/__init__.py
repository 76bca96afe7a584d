"""Tests of gui/roll."""
