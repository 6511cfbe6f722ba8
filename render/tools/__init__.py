"""``derive`` as tools for other programs, over the model context protocol."""
