"""How every form of the program is laid out: Django's renderer, our templates."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Fields with label, help and errors beside them; a summary of all errors first."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
