"""Addresses, base templates, the look, home, the why-panel."""
