"""Published architectures: plain functions from hyperparameters to the ledger of all their tensors.

Arguments have the names that the architecture's published configuration gives them; names of parts follow its published implementation.
"""
