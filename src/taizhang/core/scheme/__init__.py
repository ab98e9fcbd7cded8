"""The dated file of rules: what it may say (schema), how it is read (load), what is in force when (history)."""
