"""Tests of realtime/values."""
