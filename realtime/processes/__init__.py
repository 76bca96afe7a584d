"""Modules of ours that run as processes: how they are started, spoken to, limited and ended."""
