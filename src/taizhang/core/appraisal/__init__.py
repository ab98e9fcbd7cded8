"""Quotas, points and escalation: rows in, score sheets out, each a tree of steps (docs/algorithms/scoring.md)."""
