"""Tests of gui/takes."""
