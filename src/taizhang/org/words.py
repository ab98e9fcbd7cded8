"""What roles allow, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from taizhang.core.scheme.schema import Permission, Role

ACTS: dict[Permission, object] = {
    "read": gettext_lazy("see entries and figures"),
    "record": gettext_lazy("record entries"),
    "correct": gettext_lazy("correct and withdraw entries"),
    "export": gettext_lazy("export lists"),
    "verify": gettext_lazy("verify duties"),
    "exempt": gettext_lazy("exempt from duties"),
    "report": gettext_lazy("write reports"),
    "freeze": gettext_lazy("freeze reports"),
    "scores": gettext_lazy("see score sheets"),
    "appraise": gettext_lazy("compute score sheets and send them"),
    "confirm": gettext_lazy("confirm and lock score sheets"),
    "answer": gettext_lazy("answer objections to score sheets"),
    "talk": gettext_lazy("hold talks about missed quotas"),
    "organise": gettext_lazy("keep units, people, posts and roles"),
    "accounts": gettext_lazy("keep accounts"),
    "rules": gettext_lazy("adopt schemes"),
    "journal": gettext_lazy("read the journal"),
    "write": gettext_lazy("write texts"),
    "release": gettext_lazy("release texts"),
}

REACHES = {
    "all": gettext_lazy("everywhere"),
    "unit": gettext_lazy("in their unit and below it"),
    "own": gettext_lazy("on their own rows"),
}


def what_it_allows(role: Role) -> str:
    """Say in one sentence what the holders of a role may do, and how far."""
    if not role.may:
        return _("Gives no right: it only names a place.")
    acts = _(", ").join(str(ACTS[act]) for act in role.may)
    return _("May {acts}: {reach}.").format(acts=acts, reach=REACHES[role.reach])
