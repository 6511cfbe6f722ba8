"""How a reader wants mathematics to look: what the printers of all notations share."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from derivations.language.record import record
from derivations.language.structure import transform
from derivations.language.term import Call, Name, Term


@record
class Style:
    """``decimal``: the decimal mark. ``group_from``: integers of at least so many digits are grouped by threes (0: never).

    ``when`` and ``otherwise`` are the words in a definition by cases. ``names`` pairs a name with the name that is to be printed in its
    place; ``bold`` holds the names that are to be printed bold (vectors, matrices). ``log``: how the natural logarithm is written, or None
    to leave ``ln`` and ``log`` as they are. ``thousands``: what stands between groups of digits, a thin space, a comma or a point.
    """

    decimal: str = "."
    group_from: int = 5
    when: str = "if"
    otherwise: str = "otherwise"
    names: tuple[tuple[Name, Name], ...] = ()
    bold: frozenset[Name] = frozenset()
    log: Literal["ln", "log"] | None = None
    thousands: Literal["thin", "comma", "point"] = "thin"

    def number(self, digits: str, gap: str) -> str:
        """A literal with ``gap`` between the groups of its whole part and this style's decimal mark."""
        gap = {"thin": gap, "comma": ",", "point": "."}[self.thousands]
        whole, point, fraction = digits.partition(".")
        if self.group_from and len(whole) >= self.group_from and whole.isdigit():
            head = len(whole) % 3
            whole = gap.join([whole[:head]] * (head > 0) + [whole[k : k + 3] for k in range(head, len(whole), 3)])
        return whole + (self.decimal + fraction if point else "")

    def latex_number(self, digits: str) -> str:
        """The same in LaTeX, where marks stand in braces, so that TeX sets no space behind them; and digits behind a decimal comma too where they would
        be taken for a group of thousands."""
        number = self.number(digits, "~")
        if self.thousands == "point":
            number = number.replace(".", "{.}")
        whole, comma, fraction = number.rpartition(",") if self.decimal == "," and "." in digits else ("", "", number)
        if comma and len(fraction) == 3:
            fraction = f"{{{fraction}}}"
        return f"{whole.replace(',', '{,}')}{'{,}' * bool(comma)}{fraction if comma else fraction.replace(',', '{,}')}".replace("~", "\\,")

    def named(self, name: Name) -> Name:
        """The name that is printed for a name."""
        shown = next((new for old, new in self.names if old == name), name)
        return replace(shown, font="bold") if name in self.bold and not shown.font else shown

    def applied(self, term: Term) -> Term:
        """The term with the names that this style prints, and with its natural logarithm."""
        return transform(term, self._shown) if self.names or self.bold or self.log else term

    def _shown(self, node: Term) -> Term:
        match node:
            case Name():
                return self.named(node)
            case Call(Name("ln" | "log", (), "", 0, ""), arguments, bracket) if self.log:
                return Call(Name(self.log), arguments, bracket)
            case _:
                return node


PLAIN = Style()
