"""The normal form of scalar terms: Laurent polynomials over interned atoms, made for the mathematics of this project.

``Algebra(context)`` turns terms into ``Poly`` values in which equal expressions of a large class are literally equal: rational functions, powers with
symbolic exponents, exponentials and logarithms under known signs, finite, symbolic and infinite sums up to re-indexing, Kronecker deltas, floors,
expectations, derivatives. ``Algebra.zero`` decides whether a value vanishes wherever it is defined; "no" means "not shown", never "false".
"""
