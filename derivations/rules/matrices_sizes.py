"""Equations between sizes: sizes are polynomials in names, and those that nobody wrote are unknowns."""

from __future__ import annotations

from derivations.language.context import Context, Scalar
from derivations.language.structure import free_names, substitute
from derivations.language.term import Add, Frac, Group, Mul, Name, Num, Pow, Relation, Term
from derivations.rules.normal.algebra import Arithmetic
from derivations.rules.normal.poly import Poly, number, total


class SizeEquations:
    """What is known of sizes in a context: the equations that it assumes between them (``N = h e``), and what unknown sizes turned out to be."""

    def __init__(self, context: Context) -> None:
        self._arithmetic = Arithmetic()
        self._bound: dict[Term, Term] = {}
        self._unknowns = 0
        self._equal: dict[Term, Term] = {}
        for hypothesis in context.hypotheses:
            match hypothesis:
                case Relation((Name() as left, right), ("=",)) if isinstance(context.kind(left), Scalar) and left not in free_names(right):
                    self._equal[left] = right

    def unknown(self) -> Term:
        self._unknowns += 1
        return Name("?", label=str(self._unknowns))

    def settled(self, size: Term) -> Term:
        """A size, or a term with sizes in it, with the unknowns that have been solved put in."""
        for _ in range(self._unknowns + 1):
            changed = substitute(size, self._bound)
            if changed == size:
                break
            size = changed
        return size

    def value(self, size: Term) -> Poly:
        """A size as a polynomial in the sizes that are names."""
        match size:
            case Num(digits) if digits.isdigit():
                return number(int(digits))
            case Group(body):
                return self.value(body)
            case Add(parts) if all(sign in "+-" for sign, _ in parts):
                return total(self.value(part) if sign == "+" else -self.value(part) for sign, part in parts)
            case Mul(parts):
                return self._arithmetic.product(self.value(part) for _, part in parts)
            case Pow(base, Num(digits)) if digits.isdigit():
                return self._arithmetic.product([self.value(base)] * int(digits))
            case Frac(numerator, denominator):
                return self._arithmetic.mul(self.value(numerator), self._arithmetic.power(self.value(denominator), number(-1)))
            case Name() if size in self._equal:
                return self.value(self._equal[size])
            case _:
                return self._arithmetic.make("size", size)

    def agree(self, left: Term, right: Term) -> bool:
        """Whether two sizes are equal for all values; an unknown one becomes the other."""
        left, right = self.settled(left), self.settled(right)
        if left == right:
            return True
        for unknown, other in ((left, right), (right, left)):
            if isinstance(unknown, Name) and unknown.text == "?":
                self._bound[unknown] = other
                return True
        return self._arithmetic.zero(self.value(left) - self.value(right))
