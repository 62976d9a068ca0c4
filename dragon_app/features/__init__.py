"""What networks made of photos, kept on the disk: rows of numbers by photo. Knows no network."""
