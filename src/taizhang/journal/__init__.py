"""The chain of lines that makes every change provable; the triggers that refuse what has no line."""
