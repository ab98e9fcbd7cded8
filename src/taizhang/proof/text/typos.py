"""Spelling, through the language model of ``taizhang.proof.spelling``: loaded when the text gate runs."""
