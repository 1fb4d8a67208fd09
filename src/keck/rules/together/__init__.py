"""Faults that no extension has alone: the order of decorators, and what is cached behind a guard."""
