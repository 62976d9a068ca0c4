"""Networks; the only package that imports torch."""
