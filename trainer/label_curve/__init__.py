"""Label-efficiency study: one model trained on several shares of the labels."""
