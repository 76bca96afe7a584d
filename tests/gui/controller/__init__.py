"""Tests of gui/controller."""
