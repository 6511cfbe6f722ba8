"""What follows from the description of a network: shapes, parameters, multiplications, receptive field, each with its derivation."""
