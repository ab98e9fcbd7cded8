"""The sample year: 2023 of an invented science bureau, recorded act by act as it would have been.

Everything is a plain table (``study``, ``office``, ``outreach``, ``information``, ``supervision``, ``organisation``);
``building`` does it through the actions that screens use. Nothing is random: two builds hold the same facts.
"""

from taizhang.sample.building import build, is_wanted, size
from taizhang.sample.organisation import ACCOUNTS, PASSWORD

__all__ = ["ACCOUNTS", "PASSWORD", "build", "is_wanted", "size"]
