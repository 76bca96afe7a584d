"""General controls, which any program could use."""
