"""What unlabelled music is worth: the same model at several shares of the labels."""
