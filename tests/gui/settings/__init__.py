"""Tests of gui/settings."""
