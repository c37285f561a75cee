# SPDX-License-Identifier: Apache-2.0
"""The cases by name, in the order in which they run."""
CASES = {}


def case(name, about, available=None):
    """Makes a function of the bench a case; available tells why it cannot run, or None."""
    def add(function):
        CASES[name] = (about, function, available)
        return function
    return add
