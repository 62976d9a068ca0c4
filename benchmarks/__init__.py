"""Speed and scale, each against its peer or its limit in one run."""
