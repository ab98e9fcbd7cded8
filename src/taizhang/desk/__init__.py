"""The desk: manuscripts through three reviews and three proofreads to release, with no way round."""
