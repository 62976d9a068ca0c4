"""The words of the app: frozen values and pure rules, on the standard library and numpy alone."""
