"""Options of everything a study can name: frozen, validated, light to import.

Implementations live in the layers that run them.
"""
