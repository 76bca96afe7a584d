"""Tests of realtime/troubles."""
