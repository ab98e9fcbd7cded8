"""Quotas and points of people and units: the responsibility list, the monthly run, sheets, objections, talks, circulars.

Rules and arithmetic are in ``core.appraisal``. Here rows of the ledger are brought to them, what comes out is kept, and
people send it, object to it, answer, confirm and lock it. Nothing kept here is ever changed.
"""
