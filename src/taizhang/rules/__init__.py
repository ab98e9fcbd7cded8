"""The schemes that this organisation has adopted, kept word for word, and what is in force on a day."""
