"""A model file, from untrusted bytes to logits."""
