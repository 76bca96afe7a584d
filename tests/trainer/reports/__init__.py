"""Tests of trainer/reports."""
