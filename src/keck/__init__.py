"""Keck finds the faults in how Flask applications wire their extensions."""
