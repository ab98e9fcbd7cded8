"""The report document model: an outline's prose with every figure bound to the ledger."""
