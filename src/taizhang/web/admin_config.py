from django.contrib.admin.apps import AdminConfig


class Config(AdminConfig):
    """Django's administration with our site in place of its own."""

    default_site = "taizhang.web.admin.Site"
