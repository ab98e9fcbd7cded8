"""The ledger: facts recorded once, corrected only by newer versions, counted by one engine."""
