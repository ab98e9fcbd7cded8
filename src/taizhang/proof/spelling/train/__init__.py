"""How the shipped model is made; needs the packages of the extra ``spelling-train``, none of which find() needs."""
