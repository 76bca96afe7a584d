"""Pieces to practise, a follower that keeps the place, and judgements of what was played."""
