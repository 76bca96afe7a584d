"""What is wrong with recordings, with clips of shards, with a whole corpus."""
