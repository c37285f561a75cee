# SPDX-License-Identifier: Apache-2.0
"""Command lines that differ from fping 5.5 on purpose: the manual's DIFFERENCES tell of each."""


def heading(row):
    """The manual's heading for the row, or None."""
    return None
