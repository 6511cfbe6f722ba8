"""Presentation: everything that prints. It imports ``derivations`` and proves nothing."""
