"""Tests of realtime/files."""
