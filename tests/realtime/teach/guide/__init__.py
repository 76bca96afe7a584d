"""Tests of the lesson that a guide leads."""
