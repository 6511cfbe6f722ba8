"""Printers of the written form, one file per notation."""
