"""What an indicator means: planned, counted, put together, put into words; and recounted the slow, plain way."""
