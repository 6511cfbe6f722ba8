"""The frozen verdicts of the known documents."""
