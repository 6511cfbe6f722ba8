"""What the drawings of the problems show, computed from the problems' own terms: outputs, fields, counts, weights, curves.

A problem about symbols is drawn for a small instance, which the drawing names; one that is too large is not drawn, and says so.
"""
