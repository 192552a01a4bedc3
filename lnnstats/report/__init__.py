"""Subject -> Report -> HTML and LaTeX: a frozen document of blocks, two ways to set it; no other layer loads jinja2."""
