"""What the desk's templates say more than others."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from taizhang.desk import differing, presenting
from taizhang.desk.differing import Difference

register = template.Library()


@register.filter
def difference_html(found: Difference) -> SafeString:
    """Show what changed, word by word."""
    return differing.as_html(found)


@register.filter
def enumerated(names: Sequence[str]) -> str:
    """Write names one after the other, as the reader's language does."""
    return presenting.enumerated(names)


@register.filter
def named(name: object) -> str:
    """Put a name that a round keeps into the reader's language."""
    return presenting.named(name)
