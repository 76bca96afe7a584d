"""Tests of trainer/finetuning."""
