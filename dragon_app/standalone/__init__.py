"""What goes with a model that is taken away. Nothing in the app imports it; it imports no app."""
