"""Tests of realtime/processes."""
