"""Tests of gui/notices."""
