from django import template

from taizhang.journal.names import action_name

register = template.Library()
register.filter("action_name", action_name)
