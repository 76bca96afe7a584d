"""Tests of realtime/engine."""
