"""Tests of realtime/commands."""
