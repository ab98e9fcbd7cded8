"""What the rules mean, in plain Python: no Django, no clock, no randomness, no float for a figure."""
