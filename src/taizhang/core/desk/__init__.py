"""三审三校 in plain Python: what a text is, the track it passes, how it stands, and why it may not be released yet."""
