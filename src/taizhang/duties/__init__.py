"""Duties by unit and period: the matrix, the to-do list, the gap list; exemptions and verifications.

An occurrence is not stored: it follows from the scheme in force at the start of its period, so a changed rule touches
only what has not begun. Stored, and never changed, are the rulings people make about one: exempt, verify, and back.
"""
