"""What everybody means by certain letters when nobody says it. Each is put in only where it is needed, and recorded as an assumption.

Nothing here overrides what a document says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from derivations.language.context import ONE, Array, Definition, Domain, Function, RandomVariable, Symbol, spelled
from derivations.language.functions import WRITTEN
from derivations.language.laws import law_named
from derivations.language.structure import free_names, subterms
from derivations.language.term import Add, Bar, Bars, Big, Call, Const, Deriv, Dots, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Root, Term, Tuple
from derivations.reading.declarations import SOFTMAXES
from derivations.reading.drafts import Analysis
from derivations.reading.images import Images
from derivations.reading.laws_told import BITS
from derivations.reading.moments import MOMENTS, moment, value_of
from derivations.reading.patterns import generalised, is_value, subject
from derivations.reading.prose import Prose
from derivations.reading.scope import Content, Description, Fact, Hypothesis, Range, merged
from derivations.reading.uses import SQUARE, Uses
from derivations.reading.wordlists import word_set

FOREVER: Final = 1 << 60
TWO: Final = Num("2")
TWO_PLACES: Final = 2


class _Customs:
    """What the formulas of one problem use and do not define."""

    def __init__(self, analysis: Analysis, used: Uses, sentences: tuple[str, ...], term_of: Callable[[int], Term | None]) -> None:
        self.analysis = analysis
        self.used = used
        self.words = " ".join(sentences)
        self.sentences = sentences
        self.term_of = term_of
        self.terms = analysis.terms()
        self.defined = {subject(f.content.lhs, used.labelled) for f in analysis.facts if isinstance(f.content, Definition)}
        self.described: dict[Symbol, Description] = {}
        for said in (f.content for f in analysis.facts if isinstance(f.content, Description)):
            self.described[said.symbol] = merged(self.described[said.symbol], said) if said.symbol in self.described else said
        self.names: frozenset[Name] = frozenset().union(*(free_names(t) for t in self.terms)) if self.terms else frozenset()

    def say(self, content: Content, why: str) -> None:
        self.analysis.facts.append(Fact(content, 0, FOREVER, FOREVER, why, "convention"))
        if isinstance(content, Definition):
            self.defined.add(subject(content.lhs, self.used.labelled))

    def open(self, name: Term) -> bool:
        """Whether nobody said what a name is."""
        return name not in self.defined and name not in self.described

    def sums(self) -> Iterable[Big]:
        for term in self.terms:
            for _, node in subterms(term):
                if isinstance(node, Big) and isinstance(node.variable, Name):
                    yield node

    def range_over(self, base: Name) -> tuple[Term, Term] | None:
        """The limits of a sum over this sequence, or of an index that is declared."""
        declared = {f.content.variable: f.content for f in self.analysis.facts if isinstance(f.content, Range)}
        for node in self.sums():
            indexed = any(isinstance(t, Index) and t.base == base and node.variable in free_names(t) for _, t in subterms(node.body))
            if indexed and node.lower is not None and node.upper is not None and isinstance(node.lower, Num):
                return node.lower, node.upper
        for term in self.terms:
            for _, entry in subterms(term):
                if isinstance(entry, Index) and entry.base == base:
                    for variable in (s for s in entry.subscripts if isinstance(s, Name) and s in declared):
                        return declared[variable].lower, declared[variable].upper
        return next(((r.lower, r.upper) for r in declared.values()), None)


def add(analysis: Analysis, used: Uses, prose: Prose) -> None:
    """Add the customary facts that these formulas need."""
    def term_of(number: int) -> Term | None:
        found = analysis.sides.get((number, 0, 0))
        return None if found is None else found.term

    customs = _Customs(analysis, used, tuple(s.words for s in prose.sentences), term_of)
    for custom in CUSTOMS:
        custom(customs)


RANGED: Final = ("sum", "prod", "max", "min", "argmax", "argmin", "sup", "inf")


def _ranges(c: _Customs) -> None:
    """A sum over i without limits runs as far as the other sums over the same sequence."""
    declared = {f.content.variable for f in c.analysis.facts if isinstance(f.content, Range)}
    for node in c.sums():
        variable = node.variable
        if not isinstance(variable, Name) or variable in declared or node.lower is not None or node.upper is not None or node.op not in RANGED:
            continue
        if node.where is not None and any(isinstance(t, Name) and t.text in ("B", "S", "D") for _, t in subterms(node.where)):
            continue
        bases = _numbered_by(c, node.body, variable)
        limits = next((found for base, place in sorted(bases, key=repr) if (found := _limits(c, base, variable, place)) is not None), None)
        if limits is not None:
            c.say(Range(variable, *limits), "the sum without limits runs as far as the other sums over the same sequence")
            declared.add(variable)
        for limits in {found for base, place in bases if place == 0 and (found := _of_lists(c, base)) is not None}:
            for number in sorted(_loose(c, {base for base, _ in bases}) - declared - free_names(limits[1]), key=repr):
                within = Hypothesis(Relation((limits[0], number, limits[1]), ("<=", "<=")))
                c.analysis.facts.append(Fact(within, 0, FOREVER, FOREVER))  # no convention: there are only those that are listed


def _loose(c: _Customs, bases: set[Name]) -> set[Name]:
    """The free names that number entries of these sequences."""
    of_them = (node for term in c.terms for _, node in subterms(term) if isinstance(node, Index) and node.base in bases)
    numbers = {s for node in of_them for s in node.subscripts if isinstance(s, Name)}
    return numbers & {n for term in c.terms for n in free_names(term)}


def _numbered_by(c: _Customs, body: Term, variable: Name) -> set[tuple[Name, int]]:
    """The sequences of which a variable numbers the entries, with the number of the subscript, also those by which others are defined:
    ``p_j = e^{x_j} / Z``."""
    patterns = [f.content for f in c.analysis.facts if isinstance(f.content, Definition) and isinstance(f.content.lhs, Index) and f.content.parameters]
    found: set[tuple[Name, int]] = set()
    waiting = [(body, variable)]
    while waiting:
        term, number = waiting.pop()
        for _, t in subterms(term):
            if not isinstance(t, Index) or not isinstance(t.base, Name) or not any(number in free_names(s) for s in t.subscripts):
                continue  # (in "max over alpha" of what has the alpha_i, alpha numbers nothing)
            if (t.base, place := _place(t, number)) in found:
                continue
            found.add((t.base, place))
            for d in patterns:
                if isinstance(d.lhs, Index) and d.lhs.base == t.base and len(d.lhs.subscripts) == len(t.subscripts) and t.subscripts[place] == number:
                    waiting.extend((d.rhs, p) for p in d.parameters if p == d.lhs.subscripts[place])
    return found


def _place(entry: Index, variable: Name) -> int:
    """The number of the subscript in which a variable stands: the rows and the columns of a matrix run differently far."""
    return next((k for k, s in enumerate(entry.subscripts) if variable in free_names(s)), -1)


def _limits(c: _Customs, base: Name, besides: Name, place: int) -> tuple[Term, Term] | None:
    """The limits of another sum with limits over the same subscript of the same sequence."""
    for node in c.sums():
        if node.lower is None or node.upper is None or besides in free_names(node.upper) or node.upper == Const("oo"):
            continue
        variable = node.variable
        if isinstance(variable, Name) and any(isinstance(t, Index) and t.base == base and _place(t, variable) == place for _, t in subterms(node.body)):
            return node.lower, node.upper
    listed = _of_lists(c, base) if place == 0 else None
    return None if listed is None or besides in free_names(listed[1]) else listed


def _of_lists(c: _Customs, base: Name) -> tuple[Term, Term] | None:
    """The numbers of the entries that are listed somewhere."""
    lists = (_of_list(node, base) for term in c.terms for _, node in subterms(term) if isinstance(node, Tuple))
    return next((found for found in lists if found is not None), None)


def _of_list(node: Tuple, base: Name) -> tuple[Term, Term] | None:
    """The first and the last number of what is listed: ``x_1, \\dots, x_n``, or one by one."""
    numbers = [item.subscripts[0] for item in node.items if isinstance(item, Index) and item.base == base and len(item.subscripts) == 1]
    dots = [k for k, item in enumerate(node.items) if isinstance(item, Dots)]
    if len(numbers) + len(dots) != len(node.items) or len(numbers) < 2 or not isinstance(numbers[0], Num):
        return None
    if dots:
        return (numbers[0], numbers[-1]) if dots == [len(node.items) - 2] else None
    values = [int(n.digits) for n in numbers if isinstance(n, Num) and n.digits.isdigit()]
    return (numbers[0], numbers[-1]) if values and values == list(range(values[0], values[0] + len(numbers))) else None


def _common_ranges(c: _Customs) -> None:
    """Sums over i and over j without limits, over one family of sequences, run equally far; a free index of the family lies in the same range."""
    declared = {f.content.variable for f in c.analysis.facts if isinstance(f.content, Range)}
    limited = {n.variable for n in c.sums() if n.lower is not None or _ranged_by_set(n)}
    open_sums = {n.variable for n in c.sums() if isinstance(n.variable, Name) and n.op in ("sum", "prod")} - limited - declared
    for bases, variables in _families(c):
        unlimited = sorted(variables & open_sums, key=lambda n: n.text)
        loose = sorted(variables - limited - declared - open_sums, key=lambda n: n.text)
        if not unlimited or len(unlimited) + len(loose) < 2 or variables & limited or variables & declared:
            continue
        size = next((Name(letter) for letter in ("K", "N", "M", "n") if Name(letter) not in c.names), Name("K", primes=1))
        why = f"sums without limits over {', '.join(sorted(b.text for b in bases))} run from 1 to {size.text}"
        for variable in unlimited:
            c.say(Range(variable, ONE, size), why)
        for variable in loose:
            c.say(Hypothesis(Relation((ONE, variable, size), ("<=", "<="))), why)
        c.say(Description(size, "scalar", domain=Domain.NATURAL), why)
        c.names |= {size}


def _ranged_by_set(node: Big) -> bool:
    return isinstance(node.where, Relation) and node.where.signs != ("!=",)


def _families(c: _Customs) -> list[tuple[set[Name], set[Name]]]:
    """Sequences and the bare names that number them, in groups that hang together."""
    groups: list[tuple[set[Name], set[Name]]] = []
    for term in c.terms:
        for _, node in subterms(term):
            if not isinstance(node, Index) or not isinstance(node.base, Name) or node.base not in c.used.sequences or len(node.subscripts) != 1:
                continue
            (number,) = node.subscripts
            if not isinstance(number, Name):
                continue
            touching = [g for g in groups if node.base in g[0] or number in g[1]]
            bases = {node.base}.union(*(g[0] for g in touching))
            variables = {number}.union(*(g[1] for g in touching))
            groups = [g for g in groups if g not in touching] + [(bases, variables)]
    return groups


def _means(c: _Customs) -> None:
    r"""``\bar x`` is the mean of the ``x_i``."""
    for name in sorted(c.names, key=repr):
        if name.accent != ("bar",) or not c.open(name):
            continue
        base = Name(name.text, (), name.font)
        limits = c.range_over(base) if base in c.used.sequences or (isinstance(c.described.get(base), Description) and c.described[base].arity) else None
        if limits is None or limits[0] != ONE or limits[1] == Const("oo"):
            continue
        c.say(Definition(name, _mean(Index(base, (_index(limits[1]),)), *limits)), f"{name.text} with a bar is the mean of the {name.text}_i")


def _index(upper: Term) -> Name:
    return next(Name(letter) for letter in "ijkl" if Name(letter) not in free_names(upper))


def _mean(body: Term, lower: Term, upper: Term) -> Term:
    return Mul((("", Frac(ONE, upper)), ("", Big("sum", body, _index(upper), lower, upper))))


def _logistic(c: _Customs) -> None:
    """sigma as a function is the logistic function, unless it is called an activation."""
    sigma = Name("sigma")
    if not c.open(sigma) or not isinstance(c.used.kinds.get(sigma), Function) or sigma in c.used.factors:
        return
    if re.search(r"(?:activation|non-?linearity|arbitrary|differentiable)\s+(?:function\s+)?⟨\d+⟩", c.words):
        return
    u = Name("u")
    c.say(
        Definition(Call(sigma, (u,)), WRITTEN["sigmoid"](u), (u,)),
        "sigma is taken to be the logistic function, which is the custom",
    )


def _named(c: _Customs) -> None:
    """"Let g be the softplus function": the words define it."""
    u = Name("u")
    values: dict[str, Term] = {
        **{f"called {name}": WRITTEN[name](u) for name in ("sigmoid", "softplus", "relu")},
        "called tanh": Call(Name("tanh"), (u,)),
    }
    for fact in tuple(c.analysis.facts):
        said = fact.content
        if isinstance(said, Description) and isinstance(said.symbol, Name) and said.symbol not in c.defined:
            for words in said.properties & values.keys():
                c.analysis.facts.append(replace(fact, content=Definition(Call(said.symbol, (u,)), values[words], (u,))))
                c.defined.add(said.symbol)


def _nonzero(c: _Customs) -> None:
    """"For every non-zero v", where v is an array."""
    for fact in tuple(c.analysis.facts):
        said = fact.content
        if isinstance(said, Description) and said.domain is Domain.NONZERO and isinstance(c.used.kinds.get(said.symbol), Array):
            c.analysis.facts.append(replace(fact, content=Hypothesis(Relation((Bars("norm", said.symbol), Num("0")), (">",)))))


def _symbol(c: _Customs, text: str) -> Symbol | None:
    """The name ``mu`` or ``mu_B`` as it is written here."""
    if Name(text) in c.names and Name(text) not in c.used.sequences:
        labelled = [s for s in sorted(c.used.labelled, key=repr) if s.base == Name(text)]
        return labelled[0] if len(labelled) == 1 and Name(text) not in c.used.bare else (Name(text) if not labelled else None)
    return None


def _normalised(c: _Customs) -> None:
    r"""Batch normalisation: ``\hat x_i = (x_i - mu) / sqrt(sigma^2 + epsilon)`` with the mean and the variance of the ``x_i``."""
    epsilon = next((Name(t) for t in ("epsilon", "varepsilon") if Name(t) in c.names), None)
    mu, sigma = _symbol(c, "mu"), _symbol(c, "sigma")
    if epsilon is None or mu is None or sigma is None:
        return
    for name in sorted(c.used.sequences, key=repr):
        base = Name(name.text, (), name.font)
        if name.accent != ("hat",) or base not in c.used.sequences:
            continue
        limits = c.range_over(base)
        if limits is None or limits[0] != ONE:
            continue
        i = _index(limits[1])
        why = "is customary in normalisation"
        if c.open(mu):
            c.say(Definition(mu, _mean(Index(base, (i,)), *limits)), f"{_told(mu)} as the mean {why}")
        centred = Group(Add((("+", Index(base, (i,))), ("-", mu))))
        if sigma not in c.defined and not any(isinstance(f.content, Definition) and f.content.lhs == Pow(sigma, TWO) for f in c.analysis.facts):
            c.say(Definition(sigma, Root(_mean(Pow(centred, TWO), *limits))), f"{_told(sigma)} squared as the variance {why}")
        if c.open(name):
            below = Root(Add((("+", Pow(sigma, TWO)), ("+", epsilon))))
            c.say(Definition(Index(name, (i,)), Frac(centred.body, below), (i,)), f"{name.text} with a hat as the normalised value {why}")


def _told(symbol: Symbol) -> str:
    return symbol.text if isinstance(symbol, Name) else _told(symbol.base) if isinstance(symbol.base, Name) else "the name"


def _small(c: _Customs) -> None:
    """An epsilon that is added under a root or below a fraction bar is a small positive constant."""
    for term in c.terms:
        for _, node in subterms(term):
            inside = node.radicand if isinstance(node, Root) else node.denominator if isinstance(node, Frac) else None
            if not isinstance(inside, Add):
                continue
            for sign, part in inside.parts:
                if sign == "+" and isinstance(part, Name) and part.text in ("epsilon", "varepsilon") and not part.accent and c.open(part):
                    c.say(Description(part, "scalar", domain=Domain.POSITIVE), "an epsilon that keeps a denominator from 0 is positive")
                    c.described[part] = Description(part, "scalar", domain=Domain.POSITIVE)


def _laws(c: _Customs) -> None:
    """The entropy *of N(mu, sigma^2)* is that of a variable X with this law, whose density is p."""
    laws = {t for t in c.terms if isinstance(t, Call) and law_named(t.function) == "Normal" and t.arguments and not isinstance(t.arguments[0], Bar)}
    said = {d.law for d in c.described.values() if d.law is not None}
    defined = {f.content.rhs for f in c.analysis.facts if isinstance(f.content, Definition)}
    free = [s for s, kind in c.used.kinds.items() if isinstance(kind, RandomVariable) and kind.law is None and kind.arity == 0 and s not in c.described]
    if len(laws) == 1 and not said and not laws & defined:
        (law,) = laws
        if len(free) == 1:
            c.say(Description(free[0], "random", law=law), f"{_told(free[0])} is taken to have the law that the text names")
        _density(c, law)
    elif len(said) == 1 and not laws - said:
        (told,) = said
        if isinstance(told, Call) and law_named(told.function) == "Normal" and not free_names(told) & set(c.described):
            _density(c, told)


def _density(c: _Customs, law: Term) -> None:
    if not isinstance(law, Call) or not law.arguments:
        return
    for letter in ("p", "f"):
        p = Name(letter)
        if isinstance(c.used.kinds.get(p), Function) and c.open(p) and p not in c.used.factors:
            u = Name("u")
            parameters = law.arguments[0] if len(law.arguments) == 1 else Tuple(law.arguments, "")
            conditional = Call(law.function, (Bar(u, parameters),))
            c.say(Definition(Call(p, (u,)), conditional, (u,)), f"{letter} is taken to be the density of the law that the text names")
            return


def _dots(c: _Customs) -> None:
    """A dot is the derivative by the argument: ``\\dot v`` where ``v(t)`` is defined; and v beside it is ``v(t)``."""
    plain = {f.content.lhs for f in c.analysis.facts if isinstance(f.content, Definition)}
    for fact in list(c.analysis.facts):
        match fact.content:
            case Definition(Call(Name() as function, (Name() as time,)), rhs, (parameter,)) if time == parameter:
                rate = replace(function, accent=(*function.accent, "dot"))
                made = [Definition(rate, Deriv(rhs, ((time, 1),)))] if rate in c.names and rate not in plain else []
                if rate in c.names and function in c.used.bare and function not in plain:
                    made.append(Definition(function, rhs))
                c.analysis.facts.extend(replace(fact, content=content) for content in made)


def _images(c: _Customs) -> None:
    """The density of X = f(Z), and the inverse of f: it follows from what defines f, and is no convention."""
    facts = {f.content: f for f in c.analysis.facts if isinstance(f.content, Definition)}
    images = Images(tuple(facts), c.described, c.used.kinds)
    for defining, inverse in images.inverses(c.terms):
        c.analysis.facts.append(replace(facts[defining], content=inverse))
    told = {*c.described, *c.defined}.union(*(free_names(f.content.term) for f in c.analysis.facts if isinstance(f.content, Hypothesis)))
    for known, density, made in images.densities():
        others = free_names(made.rhs) - free_names(density) - free_names(known or density) - set(made.parameters)
        if any("density" in d.properties for s, d in c.described.items() if s in (density, known)) and others <= told:
            c.analysis.facts.append(Fact(made, 0, FOREVER, FOREVER))  # the words say that its letter is that of densities
        else:
            c.say(made, f"{spelled(density)} is the density of the variable of its subscript, by the change of variables, and all else in it is constant")


def _random(c: _Customs) -> None:
    """Under a plain expectation or variance something must be random: an undeclared variable right under it, else the undeclared sequences it reaches."""
    random = {s for s, kind in c.used.kinds.items() if isinstance(kind, RandomVariable)} | {s for s, d in c.described.items() if d.base == "random"}
    definitions = {subject(f.content.lhs, c.used.labelled): f.content for f in c.analysis.facts if isinstance(f.content, Definition)}
    supposed = {
        side for f in c.analysis.facts if isinstance(f.content, Hypothesis) and isinstance(f.content.term, Relation) for side in f.content.term.items
    }
    apart = {n for f in c.analysis.facts if isinstance(f.content, Hypothesis) and isinstance(f.content.term, Relation) and "perp" in f.content.term.signs
             for side in f.content.term.items for n in free_names(side)}  # fmt: skip
    for term in c.terms:
        for _, node in subterms(term):
            if not isinstance(node, Call) or not isinstance(node.function, Name):
                continue
            if node.function.text not in ("E", "Var", "V", "Cov") or not (node.function.font or node in supposed):
                continue
            reached = _reached(node.arguments, definitions)
            under = frozenset[Name]().union(*(free_names(a) for a in node.arguments))
            if not under & random and (spoken := {s for s in under & apart if s in c.described}):  # "independent of the input x", and then E[x_j^2]
                for symbol in sorted(spoken, key=repr):
                    c.analysis.facts.append(Fact(Description(symbol, "random"), 0, FOREVER, FOREVER))
                    random.add(symbol)
                continue
            if reached & random:
                continue
            direct = {a for a in node.arguments if isinstance(a, Name) and a in reached and c.open(a)}
            families = {s for s in reached if s in c.used.sequences and c.open(s)}
            letters = {s for s in reached if c.open(s) and s.text in RANDOM_LETTERS and s not in c.used.indices and s not in c.used.sequences}
            sole = {s for s in reached if c.open(s) and s not in c.used.indices} if len(reached) == 1 else set[Name]()  # E[e^2]
            for symbol in sorted(direct or families or letters or sole, key=repr):
                if symbol in direct and node in supposed and symbol not in c.used.sequences:
                    c.analysis.facts.append(Fact(Description(symbol, "random"), 0, FOREVER, FOREVER))  # the moment is told, so what it is of is random
                    c.described[symbol] = Description(symbol, "random")
                    random.add(symbol)
                    continue
                why = "stands under an expectation or a variance, so it is random" + (": independent for different indices" if symbol in families else "")
                c.say(Description(symbol, "random", arity=c.used.sequences.get(symbol, 0)), f"{symbol.text} {why}")
                c.described[symbol] = Description(symbol, "random")
                random.add(symbol)


RANDOM_LETTERS: Final = word_set("x y z u v w g s r epsilon varepsilon xi zeta eta X Y Z U V W")


def _reached(terms: Iterable[Term], definitions: Mapping[Term, Definition]) -> frozenset[Name]:
    """The names that terms depend on, through definitions; defined names themselves are left out."""
    found: set[Name] = set()
    waiting = [n for t in terms for n in free_names(t)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in definitions:
            waiting.extend(free_names(definitions[name].rhs) - set(definitions[name].parameters))
    return frozenset(n for n in found if n not in definitions)


def _orphans(c: _Customs) -> None:
    """"The gradients are i.i.d. with mean mu": where one family is random, it is that one."""
    families = [s for s, d in c.described.items() if d.base == "random" and isinstance(s, Name)]
    known = {f.content.term for f in c.analysis.facts if isinstance(f.content, Hypothesis)}
    if len(families) != 1 or any(isinstance(t, Relation) and isinstance(t.items[0], Call) for t in known):
        return
    (family,) = families
    member: Symbol = Index(family, (Name("i"),)) if family in c.used.sequences else family
    for sentence in c.sentences:
        for pattern, which in MOMENTS:
            found = pattern.search(sentence)
            value = None if found is None else value_of(found["value"], c.term_of)
            if value is None or not _plain_value(value):
                continue
            made = moment(which, member, value)
            if made not in known:
                known.add(made)
                c.say(Hypothesis(made), f"the {which} that the text names is taken to be that of {family.text}")


def _plain_value(value: Term) -> bool:
    """A number, a name or its square: a longer expression beside "variance" is a claim about something else."""
    base = value.base if isinstance(value, Pow) else value
    return is_value(value) or isinstance(base, Name | Index) or (isinstance(base, Frac) and isinstance(base.numerator, Name | Index | Num | Pow))


def _softmax(c: _Customs) -> None:
    """Where nobody says along what a softmax is taken: weights right of the values sum to one by columns, weights left of them by rows."""
    arrays = {s for s, kind in c.used.kinds.items() if isinstance(kind, Array)} | {s for s, d in c.described.items() if d.shape is not None}
    if not arrays or any(not c.open(name) for name in SOFTMAXES):
        return
    for term in c.terms:
        for _, node in subterms(term):
            if not isinstance(node, Mul):
                continue
            factors = [f for _, f in node.parts]
            place = next((k for k, f in enumerate(factors) if isinstance(f, Call) and f.function in SOFTMAXES), None)
            if place is None or len(factors) < 2:
                continue
            axis = 1 if place == 0 else 0
            why = f"the softmax is taken along each {'row' if axis else 'column'}, as the product with it suggests; the text does not say it"
            for name in SOFTMAXES:
                c.say(Description(name, "softmax", axis=axis), why)
            return


def _generalised(c: _Customs) -> None:
    """``F(PX) = ... PX ...`` for an F that nobody defines says what F is, where the right side knows only PX. (A bound says nothing of the kind.)"""
    signs = {(d.formula.number, d.chain): d.formula.chains[d.chain].links[0].sign for d in c.analysis.drafts}
    for (number, chain, side), found in list(c.analysis.sides.items()):
        if signs.get((number, chain)) not in ("=", ":=", "equiv"):
            continue
        following = c.analysis.sides.get((number, chain, side + 1))
        lhs = found.term
        if side or following is None or following.term is None or not isinstance(lhs, Call) or not isinstance(lhs.function, Name):
            continue
        if len(lhs.arguments) != 1:
            continue
        if not c.open(lhs.function) or not isinstance(c.used.kinds.get(lhs.function), Function) or lhs.function in c.defined:
            continue
        for variable in sorted(free_names(lhs.arguments[0]), key=lambda n: (n.text != "X", n.text)):
            shaped = c.described.get(variable)
            if shaped is not None and shaped.properties & {"permutation", "orthogonal"}:
                continue
            made = generalised(lhs, following.term, variable)
            if made is not None:
                c.say(made, f"{lhs.function.text} is taken to be what its first equation says for any argument")
                break


def _constant_sequences(c: _Customs) -> None:
    """``S = 1`` where only ``S_i`` is used: every ``S_i`` is 1."""
    for fact in list(c.analysis.facts):
        if isinstance(fact.content, Definition) and isinstance(fact.content.lhs, Name) and fact.content.lhs in c.used.sequences:
            name = fact.content.lhs
            if not is_value(fact.content.rhs):
                continue
            if any(isinstance(f.content, Definition) and isinstance(f.content.lhs, Index) and f.content.lhs.base == name for f in c.analysis.facts):
                continue
            i = Name("i")
            made = Definition(Index(name, (i,)), fact.content.rhs, (i,))
            c.analysis.facts.append(Fact(made, fact.start, fact.end, fact.at, f"every {name.text}_i is the {name.text} that the text gives", "convention"))


def _sums_to_one(c: _Customs) -> None:
    """The entries of what is said to be one-hot, a distribution or to sum to one have the sum 1, where it is used by its entries, and where it is said."""
    for fact in list(c.analysis.facts):
        told = fact.content
        if not isinstance(told, Description) or not isinstance(told.symbol, Name) or not told.properties & {"one_hot", "sums_to_one"}:
            continue
        symbol, said = told.symbol, c.described[told.symbol]

        def add(*contents: Content, within: Fact = fact) -> None:  # no convention: the words say it
            c.analysis.facts.extend(replace(within, content=one) for one in contents)

        if "sums_to_one" in told.properties and said.shape is not None and said.shape[1] == ONE and not said.arity:
            i = _index(said.shape[0])  # a vector is drawn as one; that its entries have the sum 1 is for the provers
            add(Hypothesis(Relation((Big("sum", Index(symbol, (i,)), i, ONE, said.shape[0]), ONE), ("=",))))
            continue
        limits = c.range_over(symbol) if symbol in c.used.sequences and symbol not in c.defined else None
        if limits is None or limits[1] == Const("oo"):
            continue
        i = _index(limits[1])
        kind = Description(symbol, "sequence", domain=Domain.PROBABILITY, arity=1)
        if "one_hot" in told.properties and limits[0] == ONE:
            kind = Description(symbol, "vector", (limits[1], ONE), frozenset({"one_hot"}))
        add(Hypothesis(Relation((Big("sum", Index(symbol, (i,)), i, *limits), ONE), ("=",))), kind)


def _bernoulli(c: _Customs) -> None:
    """What is 0 or 1, and 1 with a probability that is told, has the law of Bernoulli with it: ``P(m_i = 1) = p``."""
    binary = {h.items[0] for f in c.analysis.facts if isinstance(f.content, Hypothesis) and isinstance(h := f.content.term, Relation)
              and h.signs == ("in",) and h.items[1] == BITS}
    for fact in list(c.analysis.facts):
        match fact.content:
            case Hypothesis(Relation((Call(Name("P" | "Pr"), (Relation((Name() | Index() as one, Num("1")), ("=",)),)), chance), ("=",))) if one in binary:
                family = isinstance(one, Index) and one.base in c.used.sequences
                symbol, arity = (one.base, len(one.subscripts)) if isinstance(one, Index) and family else (one, 0)
                law = Call(Name("Bernoulli", font="rm"), (chance,))
                if isinstance(symbol, Name | Index):
                    c.analysis.facts.append(replace(fact, content=Description(symbol, "random", law=law, arity=arity)))
            case _:
                pass




def _told_by_entries(c: _Customs) -> None:
    """A matrix of which a property is told and no size, and which is used by its entries, has as many rows as the sums over them run."""
    for symbol, said in list(c.described.items()):
        known = said.properties & SQUARE and said.base == "matrix" and said.shape is None and not said.arity
        if not known or not isinstance(symbol, Name) or c.used.sequences.get(symbol) != TWO_PLACES or symbol in c.defined:
            continue
        low, high = c.range_over(symbol) or (ONE, next(Name(letter) for letter in "nmdND" if Name(letter) not in c.names))
        if low == ONE and high != Const("oo"):
            told = Description(symbol, "matrix", (high, high))
            c.analysis.facts.append(Fact(told, 0, FOREVER, FOREVER))  # the words say that it is a matrix


def _deviations(c: _Customs) -> None:
    """N(mu, sigma) with a sigma that the words call the standard deviation is N(mu, sigma^2)."""
    for k, fact in enumerate(c.analysis.facts):
        said = fact.content
        if not isinstance(said, Description) or not isinstance(said.law, Call) or law_named(said.law.function) != "Normal" or len(said.law.arguments) != 2:
            continue
        mean, spread = said.law.arguments
        about = c.described.get(spread) if isinstance(spread, Name | Index) else None
        if about is not None and "deviation" in about.properties:
            law = Call(said.law.function, (mean, Pow(spread, TWO)), said.law.bracket)
            c.analysis.facts[k] = replace(fact, content=replace(said, law=law))


def _standard_deviation(c: _Customs) -> None:
    """"sigma^2 = 0.25, so sigma = 0.5": a sigma whose square is given is a standard deviation."""
    for sigma in sorted((n for n in c.names if n.text == "sigma" and not n.primes and c.open(n)), key=repr):
        wholes = {read.term for read in c.analysis.sides.values()}
        if sigma in wholes and Pow(sigma, TWO) in wholes and not isinstance(c.used.kinds.get(sigma), Function | Array):
            c.say(Description(sigma, "scalar", domain=Domain.NONNEGATIVE), "a sigma whose square is given is a standard deviation, so it is not negative")


CUSTOMS: Final[tuple[Callable[[_Customs], None], ...]] = (
    _deviations, _ranges, _common_ranges, _means, _named, _nonzero, _logistic, _normalised, _small, _laws, _images, _dots, _random, _orphans, _softmax,
    _generalised, _constant_sequences, _sums_to_one, _bernoulli, _told_by_entries, _standard_deviation,
)
