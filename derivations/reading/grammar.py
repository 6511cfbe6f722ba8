"""The grammar of formulas: recursive descent from implications down to factors.

The levels are those that ``derivations.language.brackets`` describes. The parts of the grammar that are about one construct stand in files of their own
and get the parser as ``Levels``: ``names`` (numbers, names, fonts, accents), ``scripts`` (subscripts, superscripts, application), ``binders`` (big
operators, integrals), ``derivatives``, ``enclosures`` (brackets, bars, matrices, cases, marks).
"""

from __future__ import annotations

from derivations.language.brackets import ARROWS, is_words
from derivations.language.placement import is_postfix, is_simple
from derivations.language.term import Add, Bar, Big, Call, Deriv, Frac, Logic, Mul, Name, Num, ProductSign, Relation, Sign, Term, Tuple
from derivations.reading import binders, conditions, derivatives, enclosures, names, scripts
from derivations.reading.cursor import ROW
from derivations.reading.levels import Levels
from derivations.reading.number_sets import in_relation
from derivations.reading.symbols import ACCENTS, ATOM_COMMANDS, FRACTIONS, LETTER_FONTS, NAMED, OPENING, PRODUCT_SIGNS, RELATION_SIGNS
from derivations.reading.tokens import Token
from derivations.reading.vocabulary import Assumed

SUM_SIGNS: dict[str, Sign] = {"+": "+", "-": "-", "\\pm": "±"}


class Parser(Levels):
    """Reads one formula. What it returns is raw: ``bracketed`` puts in the brackets that the reading settles."""

    def whole(self) -> tuple[Term, tuple[tuple[int, int], ...]]:
        """The whole text: a formula, or several with commas between them; and where the sides of its relations stand."""
        last = len(self.tokens)
        while last and self.tokens[last - 1].text in (".", ",", ";", ":") and self.tokens[last - 1].kind == "char":
            last -= 1
        del self.tokens[last:]
        if not self.tokens:
            raise self.error("there is no formula here", "a formula")
        items = [self.formula()]
        while self.token.kind != "stop":
            if self.text in ("\\forall",):
                items[-1] = self._quantified_after(items[-1])
                continue
            if self.token.kind == "text" and self.token.text.strip(" ,.").lower() in conditions.INTRODUCTIONS:
                self.take()
            elif self.text in (",", ";"):
                self.take()
                if self.token.kind == "text" and self.token.text.strip(" ,.").lower() in conditions.INTRODUCTIONS:
                    self.take()
            else:
                raise self.unexpected("an operator, a relation or the end")
            items.append(self.formula())
        return (items[0] if len(items) == 1 else Tuple(tuple(items), "")), tuple(self.spans)

    def _quantified_after(self, body: Term) -> Term:
        self.take()
        return Logic("forall", (self.relation(colon=False), body))

    # --- formulas

    def formula(self) -> Term:
        parts = [self.condition()]
        joins: list[str] = []
        while (join := self._join()) is not None:
            self.take()
            joins.append(join)
            parts.append(self.condition())
        return parts[0] if not joins else conditions.folded(parts, joins)

    def _join(self) -> str | None:
        token = self.token
        if token.kind == "text":
            return conditions.WORDS.get(token.text.strip(" ,").lower())
        sign = RELATION_SIGNS.get(self.text)
        return sign if sign in ARROWS else conditions.COMMANDS.get(self.text)

    def condition(self) -> Term:
        if self.text in ("\\lnot", "\\neg"):
            self.take()
            with self.nested():
                return Logic("not", (self.condition(),))
        if self.text in ("\\forall", "\\exists"):
            op = self.take().text
            with self.nested():
                subject = self.relation(colon=False)
                items = [subject]
                while not items[1:] or (self.text == "," and self.enclosure == ""):
                    if not (self.accept(":") or self.accept(",")) and not self.starts_factor():
                        raise self.unexpected("a colon and the formula that is quantified")
                    items.append(self.formula())
            return Logic("forall" if op == "\\forall" else "exists", tuple(items))
        return self.relation()

    def relation(self, colon: bool = True) -> Term:
        """Sums joined by relation signs. Outside all brackets a bar binds closer: ``x | theta ~ N``."""
        outermost = not self.enclosures
        items = [self._side(outermost)]
        signs: list[str] = []
        while (sign := self.relation_sign(colon)) is not None:
            signs.append(sign)
            items.append(self._side(outermost))
        return items[0] if not signs else in_relation(Relation(tuple(items), tuple(signs)), self.vocabulary)

    def _side(self, outermost: bool) -> Term:
        start = self.position
        side = self.sum()
        while outermost and (kind := enclosures.bar_kind(self)) is not None and kind != ";":
            self.take()
            side = Bar(side, self.sum(), kind)
        if outermost and not self.depth:
            self.spans.append((self.at(start).start, self.at(self.position - 1).end))
        return side

    def relation_sign(self, colon: bool) -> str | None:
        """Takes a relation sign (not an arrow between formulas) if one is next."""
        text = self.text
        if text == ":" and self.text_at(self.position + 1) == "=":
            self.position += 2
            return ":="
        if text == ":" and colon:
            self.position += 1
            return ":"
        if text in ("\\overset", "\\stackrel", "\\underset"):
            return self._decorated_sign()
        if text == "\\not":
            other = {"=": "!=", "\\in": "notin"}.get(self.text_at(self.position + 1))
            if other is None:
                raise self.error("\\not before this sign", "= or \\in", self.at(self.position + 1))
            self.position += 2
            return other
        sign = RELATION_SIGNS.get(text)
        if sign is None or sign in ARROWS:
            return None
        self.position += 1
        return sign

    def _decorated_sign(self) -> str | None:
        over = self.position + 1
        base = self.skip_group(over)
        after = self.skip_group(base)
        inside = base + 1 if self.at(base).kind == "open" else base
        sign = RELATION_SIGNS.get(self.text_at(inside))
        if sign is None or sign in ARROWS or (inside != base and self.partner[base] != base + 2):
            return None
        note = "".join(self.text_at(k) for k in range(over, base))
        self.position = after
        return ":=" if sign == "=" and ("def" in note or "triangle" in note or "Delta" in note) else sign

    # --- sums and products

    def sum(self) -> Term:
        parts: list[tuple[Sign, Term]] = []
        sign: Sign | None = SUM_SIGNS.get(self.text)
        if sign is not None:
            self.take()
        while True:
            parts.append((sign or "+", self._summand()))
            sign = SUM_SIGNS.get(self.text)
            if sign is None:
                break
            self.take()
        return parts[0][1] if len(parts) == 1 and parts[0][0] == "+" else Add(tuple(parts))

    def _summand(self) -> Term:
        if self.text in SUM_SIGNS:  # a + -b
            sign = SUM_SIGNS[self.take().text]
            with self.nested():
                return Add(((sign, self._summand()),))
        body = self.product()
        while enclosures.starts_evaluation(self):
            body = enclosures.evaluated(self, body)
        return body

    def product(self, reach: str = "") -> Term:
        parts: list[tuple[ProductSign, Term]] = []
        sign: ProductSign = ""
        while True:
            if parts and self.text in SUM_SIGNS and sign:  # a \cdot -b
                minus = SUM_SIGNS[self.take().text]
                with self.nested():
                    parts.append((sign, Add(((minus, _joined(self.quotient())),))))
            else:
                for k, factor in enumerate(self.quotient(reach)):
                    parts.append((sign if k == 0 else "", factor))
            following = PRODUCT_SIGNS.get(self.text)
            if following is not None and (reach == "run" or (reach and derivatives.begins_derivative(self, self.position + 1))):
                break
            if following is not None:
                self.take()
                sign = following
            elif self.starts_factor() and not (reach and derivatives.begins_derivative(self, self.position)):
                sign = ""
            else:
                break
        return parts[0][1] if len(parts) == 1 else Mul(tuple(parts))

    def quotient(self, reach: str = "") -> list[Term]:
        """Juxtaposed factors; with a slash after them, one fraction."""
        start = self.position
        run = self.run(reach)
        while self.text in ("/", "\\div"):
            self.take()
            numerator = _joined(run)
            below = self.denominator(numerator)
            if len(below) > 1 or self.starts_factor() or _ends_bare(run):
                self.assume(Assumed.SLASH, self.written(start), self.at(start))
            run = [Frac(numerator, _joined(below), slash=True)]
        return run

    def run(self, reach: str = "") -> list[Term]:
        factors: list[Term] = []
        while True:
            token = self.token
            factor = self.factor()
            if factors and token.kind == "digit" and self.pending is None and (isinstance(factors[-1], Num) or is_words(factors[-1])):
                raise self.error("two numbers side by side" if isinstance(factors[-1], Num) else "a number after words", "a sign between them", token)
            if factors and _is_mixed(factors[-1], factor, token) and not self.starts_factor():
                raise self.error("a mixed number or a product", "33 + \\frac13, or 33 \\cdot \\frac13", token)
            factors.extend(f for _, f in factor.parts) if isinstance(factor, Mul) and _juxtaposed(factor) else factors.append(factor)
            if not self.starts_factor() or (reach and derivatives.begins_derivative(self, self.position)):
                return factors

    def denominator(self, numerator: Term) -> list[Term]:
        """What a slash divides by: one factor, or a run of juxtaposed names and numbers."""
        factors = [self.factor()]
        numeric = isinstance(numerator, Num) and isinstance(factors[0], Num)
        while self.starts_factor() and self.pending is None and is_simple(factors[-1]):
            token = self.token
            plain_name = token.kind == "letter" or self.text in ACCENTS or self.text in LETTER_FONTS or self.text == "\\sqrt"
            named = self.text.removeprefix("\\") in NAMED and self.text.startswith("\\")
            if not (plain_name or named) or (numeric and token.gap):
                break
            factors.append(self.factor())
        return factors

    def starts_factor(self) -> bool:
        if self.pending is not None:
            return True
        token = self.token
        if token.gap == ROW:
            return False
        match token.kind:
            case "digit" | "letter":
                return not (self.integrals and binders.differential(self))
            case "open" | "left" | "begin":
                return True
            case "text":
                words = token.text.strip(" ,.").lower()
                return words not in conditions.WORDS and words not in conditions.INTRODUCTIONS
            case "command":
                if token.text in ("\\overset", "\\stackrel", "\\underset"):
                    place = self.position
                    decorates = self._decorated_sign() is not None
                    self.position = place
                    return not decorates
                if self.integrals and binders.differential(self):
                    return False
                if token.text == "\\|":
                    return enclosures.opens_bars(self)
                if self.bound and binders.binds_again(self):
                    return False
                return token.text in ATOM_COMMANDS or token.text in OPENING
            case "char":
                if token.text == "|":
                    return enclosures.opens_bars(self)
                return token.text in OPENING or (token.text == "." and self.at(self.position + 1).kind == "digit" and not self.at(self.position + 1).gap)
            case _:
                return False

    def derivative_ahead(self) -> bool:
        return derivatives.slash_derivative_ahead(self) > 0

    def differential_ahead(self) -> bool:
        return binders.differential(self) > 0 and not self.vocabulary.is_declared(Name("d"))

    def factor(self) -> Term:
        with self.nested():
            if self.pending is not None:
                pending, self.pending = self.pending, None
                return scripts.scripted(self, pending)
            token = self.token
            if token.kind == "command":
                big = binders.big_operator(self)
                if big is not None:
                    return big
                if token.text in FRACTIONS:
                    return self.fraction()
                if token.text in ("\\int", "\\iint", "\\iiint"):
                    return binders.integral(self)
                if token.text == "\\nabla":
                    return derivatives.gradient(self)
            derivative = derivatives.slash_derivative(self)
            if derivative is not None:
                return derivative
            start = self.position
            return scripts.scripted(self, self.atom(), start)

    def atom(self) -> Term:
        token = self.token
        match token.kind:
            case "digit":
                return names.number(self)
            case "letter" | "text":
                return names.name(self)
            case "open":
                with self.nested():
                    return self.argument()
            case "left" | "begin":
                with self.nested():
                    return enclosures.delimited(self)
            case "char" if token.text == "." and self.at(self.position + 1).kind == "digit":
                return names.number(self)
            case "char" | "command" if token.text in OPENING or token.text in enclosures.BARS or token.text == "\\langle":
                with self.nested():
                    return enclosures.delimited(self)
            case "command":
                with self.nested():
                    return self.command()
            case _:
                raise self.unexpected("a number, a name or a bracket")

    def command(self) -> Term:
        found = names.named(self) or enclosures.marked(self)
        if found is not None:
            return found
        text = self.text
        if text in FRACTIONS:
            return self.fraction()
        if text == "\\sqrt":
            return enclosures.root(self)
        if text in ("\\binom", "\\dbinom", "\\tbinom"):
            return enclosures.binomial(self)
        raise self.error(f"the command {text}" if text else "this", "a command of mathematics that the reader knows, or a definition of it")

    def fraction(self) -> Term:
        """``\\frac``: a derivative if it is written as one, otherwise a fraction."""
        derivative = derivatives.fraction_derivative(self)
        if derivative is not None:
            return derivative
        self.take()
        above = binders.numerator(self)
        term = Frac(above, self.argument())
        return scripts.scripted(self, term)

    def argument(self) -> Term:
        if self.token.kind != "open":
            if self.token.kind == "digit":
                return Num(self.take().text)
            if self.token.kind in ("letter", "command"):
                with self.nested():
                    return self.atom()
            raise self.unexpected("an argument")
        opening = self.take()
        with self.enclosed("}"):
            if self.at_kind("close"):
                raise self.error("empty braces", "a formula", opening)
            body = self.formula()
        self.expect_kind("close", "something is left over in these braces", "an operator or }")
        return body

    def scope(self, reach: str = "product") -> Term:
        start = self.position
        token = self.token
        if self.text in OPENING or (token.kind == "left" and token.text in OPENING):
            body = self.factor()
            if self.starts_factor() or PRODUCT_SIGNS.get(self.text):
                self.assume(Assumed.SCOPE, self.written(start), token)
            return body
        body = self.product(reach)
        if isinstance(body, Mul) and not isinstance(body.parts[-1][1], Big | Deriv):
            self.assume(Assumed.SCOPE, self.written(start), token)
        return body


def _is_mixed(before: Term, factor: Term, token: Token) -> bool:
    """``33\\frac13``: a number, and right after it a fraction of digits that is less than 1."""
    match before, factor:
        case Num(whole), Frac(Num(above), Num(below)) if not token.gap and whole.isdigit() and above.isdigit() and below.isdigit():
            return int(above) < int(below)
        case _:
            return False


def _ends_bare(run: list[Term]) -> bool:
    last = run[-1]
    return isinstance(last, Call) and last.bracket == "" and not is_postfix(last.function)


def _juxtaposed(product: Mul) -> bool:
    return not any(sign for sign, _ in product.parts)


def _joined(factors: list[Term]) -> Term:
    return factors[0] if len(factors) == 1 else Mul(tuple(("", factor) for factor in factors))
