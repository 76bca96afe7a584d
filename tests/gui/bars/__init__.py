"""Tests of gui/bars."""
