"""Contrastive predictive coding on recordings without labels."""
