"""A rule that refuses, and what it says."""

import pytest

from symlstm.kernel.theorem import RuleError


def refuses(message, rule, *arguments, **named):
    """The rule raises RuleError with a message that matches."""
    with pytest.raises(RuleError, match=message):
        rule(*arguments, **named)
