"""Notices and messages: what they say, and the strips and cards that show them."""
