"""Contexts as the comments that a checker reads: what the words of a sheet tell people, in the language of ``derivations.reading.told``.

Formulas stay terms, so that a notation profile changes them with those of the page.
"""

from __future__ import annotations

from collections.abc import Sequence as Sequenced
from itertools import groupby

from derivations.kernel.statement import Rule
from derivations.kernel.theorem import Checked, Theorem
from derivations.language.context import Array, Context, Definition, Family, Function, IndexSet, Kind, Loss, RandomVariable, Scalar, Sequence, Softmax, Through
from derivations.language.errors import DeriveError
from derivations.language.term import Name, Term
from derivations.reading.kinds_told import DOMAIN_WORDS
from derivations.rules.maps import Convolution, Extreme, Flow, Forward, JointTransformation, OrderStatistic, Transformation
from render.document import Line

END: Line = ("end",)
PROBLEM: Line = ("problem",)
RECALL: Line = ("recall",)
ASKED: Line = ("aside what is asked",)
WORDS: Line = ("aside the author's words",)
WRONG: Line = ("aside a wrong answer, shown as one",)
RECALL_ALL: Line = ("recall all",)


def begin(name: str, context: Context) -> tuple[Line, ...]:
    """The lines that open a scope and tell its context."""
    return ((f"begin {name}",), *declared(context))


def declared(context: Context) -> tuple[Line, ...]:
    """Every kind, hypothesis, definition, range and convention, in order; reading the lines gives the context again."""
    return (
        *(("let", *(name for name, _ in names), ":", *kind_words(kind)) for kind, names in groupby(context.kinds, lambda pair: pair[1])),
        *(("assume", hypothesis) for hypothesis in context.hypotheses),
        *(_definition(definition) for definition in context.definitions),
        *(("range", variable, low, high) for variable, low, high in context.ranges),
        *((f"convention {' '.join(words.split())}",) for words in context.conventions),
    )


def kind_words(kind: Kind) -> Line:
    match kind:
        case Scalar(domain, index):
            return (DOMAIN_WORDS[domain], *(("index",) if index else ()))
        case Loss(of, value):
            return ("loss", value, *(word for part in of for word in _through(part)))
        case Sequence(domain, arity):
            return ("sequence", DOMAIN_WORDS[domain], str(arity))
        case Array(rows, cols, properties):
            return ("array", rows, cols, *sorted(properties))
        case Family(Array(rows, cols, properties), arity):
            return ("family", str(arity), rows, cols, *sorted(properties))
        case Function(arity, properties, on_integers, maps_arrays):
            return ("function", str(arity), *sorted(properties), *(["on_integers"] * on_integers), *(["maps_arrays"] * maps_arrays))
        case Softmax(axis):
            return ("softmax", "columns" if axis == 0 else "rows")
        case RandomVariable(law, arity, shape):
            return ("random", "arity", str(arity), *(("law", law) if law is not None else ()), *(("shape", *shape) if shape is not None else ()))
        case IndexSet():
            return ("set",)


def _through(part: Through) -> Line:
    ranges: Line = tuple(word for limits in part.ranges for word in (("anywhere",) if limits is None else ("range", *limits)))
    return ("of", part.symbol, *ranges)


def _definition(definition: Definition) -> Line:
    bound: Line = ("for", *definition.parameters) if definition.parameters else ()
    where: Line = ("where", definition.where) if definition.where is not None else ()
    return ("define", definition.lhs, "=", definition.rhs, *bound, *where)


def step(number: int, drawn: Sequenced[Checked], printed: Sequenced[Theorem]) -> tuple[Line, ...]:
    """What the steps of one line rest on beyond its context and the steps before it: the arguments of its rule, and theorems that are ``printed`` as well."""
    rule = drawn[-1].step.rule
    premises = dict.fromkeys(premise for checked in drawn for premise in checked.step.premises if isinstance(premise, Theorem) and premise in printed)
    using = tuple(str(printed.index(premise) + 1) for premise in premises)
    name, arguments = _rule(rule)
    if not arguments and not using:
        return ()
    return ((f"step {number} by {name}", *arguments, *(("using", *using) if using else ())),)


def _rule(rule: Rule) -> tuple[str, Line]:
    match rule.arguments:
        case (Transformation() as change, (low, high)):
            pieces: list[str | Term] = []
            for p in change.pieces:
                pieces += ["piece", p.low, p.high, p.inverse, p.image_low, p.image_high, "increasing" if p.increasing else "decreasing"]
            for flat in change.flats:
                pieces += ["flat", flat.low, flat.high, flat.value]
            names: Line = (change.new_density, change.base_density, change.map, change.z, change.x)
            return rule.name, (*names, _term(low), _term(high), *pieces)
        case (Forward() as one,):
            return rule.name, (one.new_density, "of", *one.base_densities, "old", *one.old, "map", *one.maps, "support", *one.support)
        case (Flow() as one,):
            return rule.name, (one.new_density, one.base_density, one.z, one.size, one.image, one.index, one.first, one.which, *one.letters)
        case (Convolution() as one,):
            stretches: list[str | Term] = []
            for word, side in (("first", one.firsts), ("second", one.seconds)):
                for stretch in side:
                    stretches += [word, stretch.density, stretch.low, stretch.high]
            limits = tuple(part for ends in one.limits for part in (("nowhere",) if ends is None else ("between", *ends)))
            apart: Line = tuple(part for g in one.inverses for part in ("inverse", g)) if len(set(one.inverses)) > 1 else ()
            return rule.name, (one.new_density, one.x, *one.variables, one.map, one.inverses[0], *stretches, *apart, *limits)
        case (Extreme() as one,):
            return rule.name, (one.new_density, one.x, one.argument, *one.support, one.which, *one.densities, "functions", *one.functions)
        case (OrderStatistic() as one,):
            return rule.name, (one.new_density, one.density, one.function, one.x, one.argument, *one.support, one.k, one.n)
        case (JointTransformation() as joint,):
            regions: list[str | Term] = []
            for region in joint.regions:
                regions += ["region", *region.conditions, "inverse", *region.inverse]
                regions += ["image", *region.image] if region.image else []
            return rule.name, (
                joint.new_density, "of", *joint.base_densities, "old", *joint.old, "new", *joint.new, "map", *joint.maps, "support", *joint.support, *regions,
            )  # fmt: skip
        case (Name() as variable, start):
            return "induction", (variable, _term(start))
        case _:
            return rule.name, ()


def _term(argument: object) -> Term:
    if not isinstance(argument, Term):
        raise DeriveError(f"the argument {argument!r} of a rule cannot be written: it is no term")
    return argument
