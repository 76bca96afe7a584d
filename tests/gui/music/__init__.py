"""Tests of gui/music."""
