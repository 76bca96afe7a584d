"""Tests of realtime/practice."""
