"""Image files to pixels and back; the only package that opens image files."""
