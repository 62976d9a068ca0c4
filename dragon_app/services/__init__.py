"""What a person can do with the app, in plain Python; knows no framework."""
