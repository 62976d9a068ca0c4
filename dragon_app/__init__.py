"""Dragon: label photos, fine-tune a network on them, try it - all on this machine."""

__version__ = "0.1.0"
