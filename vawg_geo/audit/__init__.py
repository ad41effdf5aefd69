"""A stranger's look at finished files: what they give away of what was hidden.

Knows formats and public figures, and nothing of how the files were made.
"""
