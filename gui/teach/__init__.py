"""Teach my instrument: the guide from the first note to the choice between before and after."""
