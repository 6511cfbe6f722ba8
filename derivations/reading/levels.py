"""What the parts of the grammar ask of one another: the levels of a formula by their names, and what has been met while it is read.

A formula holds brackets, brackets hold formulas. The files about one construct call the levels here; ``grammar`` says what each level is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from derivations.language.term import Term
from derivations.reading.cursor import Cursor
from derivations.reading.tokens import Token
from derivations.reading.vocabulary import Vocabulary


class Levels(Cursor, ABC):
    """A cursor that can read what stands at its place, at each level of the grammar."""

    def __init__(self, source: str, found: list[Token], vocabulary: Vocabulary, forced: Mapping[Term, bool]) -> None:
        super().__init__(source, found, vocabulary)
        self.forced = forced  # names that a first reading showed to be functions (True) or numbers (False)
        self.calls: dict[Term, bool] = {}  # undeclared names that were applied; True where nothing else was possible
        self.products: set[Term] = set()  # undeclared names before a bracket that were taken for factors
        self.integrals = 0
        self.inline_differential: Term | None = None
        self.pending: Term | None = None  # a bracket that was read as an argument and turned out to be a factor
        self.base_start = 0  # the token at which the name or number that is being read began
        self.spans: list[tuple[int, int]] = []

    @abstractmethod
    def formula(self) -> Term:
        """Implications of alternatives of conjunctions of conditions."""

    @abstractmethod
    def sum(self) -> Term:
        """Products joined by plus and minus."""

    @abstractmethod
    def product(self, reach: str = "") -> Term:
        """Quotients joined by product signs or by nothing, as far as ``reach`` says."""

    @abstractmethod
    def factor(self) -> Term:
        """One factor, with all that belongs to it. Raises ReadError where none can begin."""

    @abstractmethod
    def atom(self) -> Term:
        """What may carry scripts: a number, a name, a bracket, a root, a matrix."""

    @abstractmethod
    def argument(self) -> Term:
        """What a command applies to: a formula in braces, or one atom without scripts."""

    @abstractmethod
    def scope(self, reach: str = "product") -> Term:
        """What an operator such as d/dx applies to: the bracket that follows it, or the rest of the product up to the next derivative (with ``run``, up
        to the next sign: a nabla and a partial d with a subscript stand close to what they apply to)."""

    @abstractmethod
    def starts_factor(self) -> bool:
        """Whether a factor can begin here, in the place of an operator."""

    @abstractmethod
    def derivative_ahead(self) -> bool:
        """Whether ``d/dx`` or ``dL/dw`` begins here."""

    @abstractmethod
    def differential_ahead(self) -> bool:
        """Whether ``dx`` begins here, where d is no name that is declared."""
