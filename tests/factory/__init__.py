"""Tests of what takes a module-level app apart."""
