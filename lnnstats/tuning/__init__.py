"""Numbers chosen by a rule: a design's rules -> the pilot that decides them -> the choices -> the design resolved."""
