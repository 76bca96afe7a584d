"""Telling instruments, ensembles or composers apart."""
