"""Reports: outlines filled from the ledger, edited with live figures, frozen, exported and proved later."""
