"""Tests of gui/jobs."""
