"""The words that the reader of prose knows, as data: what each says of a name, or what it does to the words beside it.

A word that stands nowhere here is not understood. Where it is said of a name it is kept with that name and nothing is concluded from it.
Everything is in the singular and in small letters; a hyphen is a space ("one hot", "positive definite"), but a compound that is not listed as a whole is
not understood as its last part: "skew-symmetric" is not "symmetric".
"""

from __future__ import annotations

import re
from typing import Final

from derivations.language.context import Domain
from derivations.language.record import record
from derivations.reading.wordlists import word_set


@record
class Meaning:
    """What a word says of a name. ``base`` as in ``Description``; ``law``: the name of a law that the reader knows by words.

    ``fits``: the bases of the nouns that an adjective may stand before with this meaning ("symmetric function" says nothing of a matrix).
    ``counts``: of a noun, that a name before it says how many there are ("n samples").
    """

    base: str = ""
    properties: frozenset[str] = frozenset()
    domain: Domain | None = None
    law: str = ""
    fits: frozenset[str] = frozenset()
    counts: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for part in text.split("\n") for line in part.split(",") if line.strip())


def _of_matrices(*properties: str) -> Meaning:
    return Meaning("matrix", frozenset(properties), fits=frozenset({"matrix"}))


def _of_functions(*properties: str) -> Meaning:
    return Meaning("function", frozenset(properties), fits=frozenset({"function"}))


def _number(domain: Domain, *more: str) -> Meaning:
    return Meaning("", domain=domain, fits=frozenset({"scalar", "sequence", "", *more}))


CONDITIONALLY: Final = "conditionally independent"
ADJECTIVES: Final[dict[str, Meaning]] = {
    "symmetric": _of_matrices("symmetric"),
    "real symmetric": _of_matrices("symmetric"),
    "covariance": Meaning("matrix", frozenset({"symmetric", "positive_semidefinite"}), fits=frozenset({"matrix"})),
    **dict.fromkeys(("orthogonal", "orthonormal"), _of_matrices("orthogonal")),
    **dict.fromkeys(_words("positive definite, spd, pd, symmetric positive definite"), _of_matrices("symmetric", "positive_definite", "invertible")),
    **dict.fromkeys(
        _words("positive semidefinite, positive semi definite, psd, symmetric positive semidefinite, nonnegative definite, non negative definite"),
        _of_matrices("symmetric", "positive_semidefinite"),
    ),
    **dict.fromkeys(_words("invertible, nonsingular, non singular"), _of_matrices("invertible")),
    "diagonal": _of_matrices("diagonal"),
    "identity": _of_matrices("identity"),
    "permutation": _of_matrices("permutation"),
    "column stochastic": _of_matrices("stochastic"),  # of a "stochastic" matrix it is the rows for some and the columns for others
    "row stochastic": _of_matrices("row_stochastic"),
    "doubly stochastic": _of_matrices("doubly_stochastic"),
    "one hot": Meaning("vector", frozenset({"one_hot"}), fits=frozenset({"vector", ""})),
    **dict.fromkeys(_words("all ones, all one"), Meaning("vector", frozenset({"ones"}), fits=frozenset({"vector"}))),
    **dict.fromkeys(_words("unit, unit norm, unit length"), Meaning("vector", frozenset({"unit"}), fits=frozenset({"vector"}))),
    "random": Meaning("random", fits=frozenset({"scalar", "variable", "vector"})),
    **dict.fromkeys(_words("iid, independent and identically distributed, independent identically distributed"), Meaning(
        "random", frozenset({"independent", "identical"}), fits=frozenset({"scalar", "variable", "vector", "random", ""}))),
    "identically distributed": Meaning("random", frozenset({"identical"}), fits=frozenset({"scalar", "variable", "vector", "random", ""})),
    **dict.fromkeys(_words("standard normal, standard gaussian, standard normally distributed"), Meaning(
        "random", law="standard normal", fits=frozenset({"scalar", "variable", "random", ""}))),
    "convex": _of_functions("convex"),
    "concave": _of_functions("concave"),
    "increasing": _of_functions("increasing"),
    "decreasing": _of_functions("decreasing"),
    **dict.fromkeys(_words("nonnegative, non negative"), _number(Domain.NONNEGATIVE, "vector")),
    "positive": _number(Domain.POSITIVE, "vector"),
    "negative": _number(Domain.NEGATIVE, "vector"),
    **dict.fromkeys(_words("nonzero, non zero"), _number(Domain.NONZERO)),
    **dict.fromkeys(_words("uncorrelated, pairwise uncorrelated, mutually uncorrelated"), Meaning(
        "", frozenset({"uncorrelated"}), fits=frozenset({"scalar", "variable", "random", "vector", ""}))),
    **dict.fromkeys(_words("pairwise independent, independent in pairs"), Meaning(
        "", frozenset({"pairwise"}), fits=frozenset({"scalar", "variable", "random", "vector", ""}))),
    "conditionally independent": Meaning("", frozenset({CONDITIONALLY}), fits=frozenset({"scalar", "variable", "random", "vector", ""})),
    "independent": Meaning("", frozenset({"independent"}), fits=frozenset({"scalar", "variable", "random", "vector", ""})),
    "real": Meaning("scalar", domain=Domain.REAL, fits=frozenset({"scalar", "sequence", "matrix", "vector", "function", "variable", "random", ""})),
    "integer": _number(Domain.INTEGER),
    **{word: Meaning("", frozenset({word}), Domain.INTEGER, fits=frozenset({"scalar", "sequence", ""})) for word in ("even", "odd")},
    "complex": Meaning("scalar", domain=Domain.COMPLEX, fits=frozenset({"scalar", "sequence", ""})),
}
"""Words before a noun, or said of a name by themselves."""

CENTRED: Final = word_set("about around")
"""Words behind which the centre of a symmetric law stands."""

SHARPER: Final = word_set("strictly strongly jointly mutually always everywhere monotonically all both each again still also indeed itself themselves now here")
"""Words before an adjective that leave what it says in force."""

_POSITIVE = Meaning("", domain=Domain.POSITIVE)
THING: Final = Meaning("", counts=True)
"""A noun of things that are counted and numbered: "K classes", "class c"."""
_ROLE = Meaning("")

NOUNS: Final[dict[str, Meaning]] = {
    "matrix": Meaning("matrix", counts=True),
    "vector": Meaning("vector", counts=True),
    "function": Meaning("function", counts=True),
    **{
        noun: Meaning("function", frozenset({f"called {name}"}))
        for name, nouns in (
            ("sigmoid", "logistic function, sigmoid function, logistic sigmoid, logistic sigmoid function, sigmoid, standard logistic function"),
            ("softplus", "softplus, softplus function"),
            ("relu", "relu, relu function, rectifier, rectified linear unit"),
            ("tanh", "hyperbolic tangent, tanh function, hyperbolic tangent function"),
        )
        for noun in _words(nouns)
    },
    "map": _ROLE,
    "sequence": Meaning("sequence", counts=True),
    **dict.fromkeys(_words("random variable, random vector"), Meaning("random", counts=True)),
    **dict.fromkeys(_words("iid sample, iid draw, iid copy, iid variable, independent sample, independent draw, independent copy"), Meaning(
        "random", frozenset({"independent", "identical"}), counts=True)),
    "variable": Meaning("variable", counts=True),
    **dict.fromkeys(_words("number, scalar, constant"), Meaning("scalar", domain=Domain.REAL, counts=True)),
    "real": Meaning("scalar", domain=Domain.REAL),
    "complex number": Meaning("scalar", domain=Domain.COMPLEX, counts=True),
    **dict.fromkeys(_words("natural number, natural, positive integer"), Meaning("scalar", domain=Domain.NATURAL)),
    **dict.fromkeys(_words("nonnegative integer, non negative integer"), Meaning("scalar", domain=Domain.WHOLE)),
    "integer": Meaning("scalar", domain=Domain.INTEGER, counts=True),
    **dict.fromkeys(_words("positive number, positive real, positive real number"), Meaning("scalar", domain=Domain.POSITIVE)),
    **dict.fromkeys(_words("identity, identity matrix"), _of_matrices("identity")),
    "permutation": Meaning("", frozenset({"permutation"})),
    **dict.fromkeys(_words("probability vector, probability distribution, distribution, discrete distribution"), Meaning("", frozenset({"sums_to_one"}))),
    **dict.fromkeys(_words("vector of one, vector of all one, row of one, column of one, one vector"), Meaning("vector", frozenset({"ones"}))),
    **dict.fromkeys(_words("density, probability density, density function, probability density function, pdf"), Meaning("function", frozenset({"density"}))),
    **dict.fromkeys(_words("batch, mini batch, minibatch"), Meaning("set")),
    **dict.fromkeys(
        _words("variance, precision, temperature, inverse temperature, inverse variance, learning rate, step size, bandwidth, "
        "size, length, width, depth, height"),
        _POSITIVE),
    "standard deviation": Meaning("", frozenset({"deviation"}), Domain.POSITIVE),
    "index": Meaning("scalar", domain=Domain.INTEGER),
    "probability": Meaning("", domain=Domain.PROBABILITY),
    **dict.fromkeys(_words(
        "channel, input, output, example, sample, class, token, layer, head, unit, weight, step, dimension, feature, iteration, epoch, observation, "
        "data point, pixel, neuron, parameter, point, entry, element, term, "
        "row, column, state, item, word, draw, copy, worker, component, patch, bit, node, "
        "time step, update, factor, coefficient, value, gradient, coin, trial, position, expert"), THING),
}
"""Words at the end of a phrase about a name: "a symmetric *matrix*"."""

SIZES: Final = _words("size, length, dimension, depth, width, height")
"""After "of", what the name after it says is a positive integer: "of size n"."""

LISTS: Final = word_set("sequence family list set collection vector tuple pair series string batch")
"""Nouns whose "of" says what their members are: "a sequence of positive numbers"."""

ONE_OF: Final = word_set("a an some one this that")
"""Before "index": it is one index, and what is said at it is said of no other. ("For every index i" is another matter.)"""
DETERMINERS: Final = word_set("a an the some any every each all this that these those its their our his her such another two three several many given")
NEGATIVE: Final = word_set(
    "not never no neither nor without cannot none nobody hardly scarcely barely fail fails failed failing lack lacks cease ceases ceased unless except unlike "
    "avoid avoids avoiding dropping relaxing isn't aren't doesn't don't needn't can't wasn't weren't won't wouldn't shouldn't mustn't instead rather "
    "than wrongly falsely mistakenly far isnt arent dont doesnt neednt cant"
)
HEDGING: Final = word_set(
    "nearly almost approximately roughly close essentially possibly perhaps maybe may might could can would should likely probably seemingly apparently "
    "supposedly allegedly sometimes often usually typically generally occasionally partially partly locally piecewise numerically weakly quasi pseudo semi "
    "whether need needs want wants hope hopes try tries wish wishes longer asked question doubt unclear unknown block upper lower tri skew anti sub super "
    "conditionally pairwise log co bi off half near more less most least too enough somewhat practically virtually so-called required"
)
"""Words that make what follows another property, or no assertion."""
RESTORING: Final = word_set("but")
"""After "not symmetric *but* invertible" the rest is asserted again."""
PASSING: Final = word_set("if iff for when whenever once under case at provided")
"""Words before a formula that make it the condition or the value of one case."""
CONDITIONAL: Final = word_set("if when whenever once")
DOUBTFUL: Final = word_set("iff unless whether")
CONCLUDING: Final = word_set(
    "so hence thus therefore then consequently implies imply implying follows shows show showing prove proves proving conclude concludes deduce verify claim "
    "infer yields gives makes becomes"
)
ASSUMING: Final = word_set(
    "let suppose supposing assume assuming assumes since because given where with for note noting recall recalling know take taking choose consider fix such "
    "provided as letting denote call being having every any all both of on over"
)
COPULAS: Final = word_set("is are be being been was were remain remains stay stays")
UNCHANGING: Final = COPULAS | word_set("held kept stays remains hold keep considered assumed treated also then")
"""Before "constant", which is no noun there."""
NAMING: Final = word_set("denote denotes denoting represent represents means stand stands")
MODALS: Final = word_set("do does did must will shall to has have had happens happen turns turn")
POSSESSING: Final = word_set(
    "satisfy satisfies obey obeys fulfil fulfils fulfill fulfills lie lies belong belongs follow follows commute commutes vanish vanishes sum sums admit "
    "admits possess possesses add adds integrate integrates"
)
"""Verbs whose sentence says something of a name that no adjective says."""
VERBS: Final = COPULAS | NAMING | MODALS | POSSESSING | word_set(
    "need needs may might can could would should cannot fails fail ceases cease lacks lack isn't aren't needn't wasn't weren't can't doesn't don't"
)
"""Words that a predicate begins with."""
PARTICIPLES: Final = word_set(
    "assumed taken supposed chosen known said called given fixed defined denoted understood considered used applied computed obtained written shown drawn "
    "sampled learned learnt trained updated initialised initialized added multiplied replaced set kept held treated regarded viewed read thought stored shared "
    "measured counted produced minimised minimized maximised maximized made put evaluated estimated described stated declared passed fed referred "
    "then again also always already indeed both all each itself themselves now here to only as thus just simply clearly exactly"
)
"""Words in a predicate that say nothing of the name by themselves: "is *assumed to* be symmetric"."""
STOPS: Final = word_set(
    "of in with on over to from by for at under between into given through via during against within per as than after before until up above below upon along "
    "across around toward towards about like where since because while whereas which who whose whom that so hence thus therefore then if when whenever once "
    "unless provided such iff"
)
"""Words that end the phrase about a name."""
ENDS: Final = word_set("where since because while whereas so hence thus therefore then if when whenever once unless provided iff implies we it this there")
"""Words that begin another clause."""
IMPERATIVES: Final = word_set("let suppose assume consider define write put set recall note denote call take choose fix introduce compute use apply")
"""Verbs with which a clause of its own begins behind "and": "let x be real *and let* y be its square"."""
TRANSFORMS: Final = word_set("logarithm log inverse reciprocal root square ratio difference derivative negative exponential sine cosine sum product power")
"""What a quantity is changed by: "the logarithm of the variance v" does not make v a variance."""
ASPECTS: Final = word_set(
    "column row entry element eigenvalue eigenvector determinant trace rank norm diagonal spectrum component coordinate moment tail derivative slope curvature "
    "limit root sign parity magnitude radius kernel image null support symmetry"
)
"""What may be said of a part or an aspect of a name: "with orthonormal columns"."""
BELONGING: Final = frozenset((
    *_words("eigenvalue, eigenvector, rank, nullity, trace, determinant, spectrum, singular value, singular vector, condition number, multiplicity, "
            "correlation, skewness, kurtosis, median, quantile, indicator"), ))
"""Nouns right before a name that is this of something else: what restricts it is not understood."""
AMBIGUOUS: Final = word_set("projection")
"""Words that name the part that a thing plays ("the query projection W_Q"), and a property where they are said of it ("let P be a projection")."""
ROLES: Final = word_set(
    "input output hidden weight bias feature context design data query key value loss activation objective cost target embedding projection parameter "
    "hyperparameter gradient error score block logit prediction predicted predictive label state noise latent observed model network layer attention mean "
    "vector matrix true correct new old current previous next first second third last other fixed given arbitrary generic single common usual standard "
    "corresponding respective resulting original initial final total learned learnt trainable scalar square column row dimensional element entry entries "
    "coefficient multiplier factor hypothesis sample training test batch example class token head unit step point signal image pixel word sequence response "
    "regression logistic linear neural discount reward action policy value index size number length rate count width depth size result quantity expression "
    "term side equation identity formula rule case update variable argument position time iteration epoch start end left right above following below whole "
    "big different several various unknown known free dual primal slack auxiliary shared overall average expected empirical conditional joint marginal "
    "prior posterior likelihood log-likelihood evidence distribution density probability mass law event experiment outcome observation measurement "
    "coordinate direction vector-valued real-valued scalar-valued differentiable smooth continuous dimension set elements upstream downstream local backward "
    "shorthand abbreviation notation forward incoming outgoing adjoint derivative partial total per-example individual"
)
"""Words that name the part a thing plays and restrict nothing that is judged."""
IDIOMS: Final[dict[str, str]] = {
    **dict.fromkeys(_words(
        "without loss of generality, no loss of generality, unless otherwise stated, unless otherwise noted, unless stated otherwise, if not stated otherwise, "
        "not only"), ""),
    **dict.fromkeys(_words("if and only if, only if"), "iff"),
    **dict.fromkeys(_words("even if, as if, in case, as long as, so long as"), "if"),
    **dict.fromkeys(_words("anything but, all but, nothing like"), "not"),
    "whether or not": "whether",
    "no matter": "whether",
}
"""Turns of several words, and the one word that does the same (none: they do nothing)."""
TOOLS: Final = word_set(
    "theorem rule identity lemma formula inequality law definition property substitution expansion trick bound approximation linearity independence convexity "
    "concavity symmetry above this these that notation argument method algebra calculus computation calculation help result results"
)
"""What a claim is made with: "with the binomial *theorem* (u+1)^2 = ..." is a claim."""
CONSTRAINTS: Final = word_set(
    "constraint constraints condition conditions requirement requirements assumption assumptions normalisation normalization hypothesis "
    "restriction restrictions"
)
"""What a formula right behind it is that is supposed: "the *constraint* x + y = 1"."""
PARTICLED: Final = word_set(
    "start starts starting started begin begins beginning began "
    "arrive arrives arriving arrived end ends ended up left leaves come comes finish finishes compare agrees agree"
)
"""Verbs to which "at", "with" and the like belong: "we *arrive at*" supposes nothing."""
SUPPOSED_BY: Final = re.compile(
    r"\s*,?\s*(?:gives?|yields?|leads?\s+to|implies|imply|means|corresponds?\s+to|recovers?|results?\s+in|amounts?\s+to|makes?|turns?|reduces?\s+to|simplifies\s+to)\b",
    re.IGNORECASE,
)
"""Behind a formula that is their subject and so a case that is supposed: "eta = 0.1 *gives* beta = 0.9"."""
REASONS: Final = word_set("since because as")
"""Words before a reason."""
SUBORDINATE: Final = word_set("with for if when whenever given since because as under provided where once at by using while although though from")
"""Words with which a clause begins that is not the main one: what follows its comma is."""
LEADING: Final = word_set("then thus hence so now and but therefore also again next finally here similarly")
"""Words that may stand before them."""
SUMS: Final = _words("sum to one, sums to one, sum to 1, sums to 1, sum to unity, sums to unity, add up to one, adds up to one, add to one, sum up to one")
"""Verbs with which a sequence is said to have the sum 1."""
MEASURES: Final = {"determinant": "det", "trace": "tr"}
"""Numbers that a matrix has; words say which sign they have: "with positive determinant", "has a nonzero trace"."""
SIGNED: Final = {"positive": ">", "negative": "<", "nonnegative": ">=", "nonzero": "!="}
SATISFYING: Final = word_set("satisfy satisfies satisfied obey obeys fulfil fulfils fulfill fulfills")
"""Verbs before a condition on names that nothing else determines ("the weights *satisfy* sum w_i = 1"), or before a claim on those that something does."""
ELSEWHERE: Final = re.compile(
    r"\b(?:would(?:\s+(?:have|be|give|get|become))?|(?:you|we|it|they|one)['’]d|had\s+(?:we|it|they|the)|were\s+(?:it|we|the)"
    r"|without(?!\s+(?:loss|assum\w*|requir\w*|chang\w*|affect\w*|any|further|proof|us|the\s+need)\b)|no\s+longer|wrongly|mistakenly|if\s+we\s+ignore[sd]?)\b",
    re.IGNORECASE,
)
"""Words that speak of a case that is not the one of the text: "without the penalty it *would* be w = 3/2"."""
ONLY: Final = re.compile(r"\b(?:with|for|in|of)\s+(?:only|just|exactly|merely)\s+(?:an?\s+single|one|two|three|four|five|\d+)\s+[a-z]+", re.IGNORECASE)
"""Words that speak of a case by how many things there are in it: "*with only two keys*"."""
LOOSE: Final = _words(
    "up to a constant, up to an additive constant, up to a factor, up to constants, up to first order, up to second order, up to higher order, up to terms, "
    "to first order, to leading order, to second order, to a good approximation, ignoring, neglecting, omitting, dropping, approximately, roughly, "
    "asymptotically, for small, for large, for sufficiently, in the limit, regularity conditions, mild conditions, suitable conditions, standard conditions, "
    "mild assumptions, suitable assumptions, usual conditions, usual assumptions, by abuse of notation, with some abuse of notation"
)
"""Turns that loosen or restrict all that their sentence claims, in ways that are not understood."""
INDEPENDENCE: Final = re.compile(
    r"\b(?:by|from|using|assuming|assume|under|with|because\s+of|due\s+to|thanks\s+to)\s+(?:the\s+|this\s+)?(?:(?:conditional|mutual|their)\s+)?independence\b"
    r"[^.;:]*$", re.IGNORECASE,
)
"""Words that make the product of two densities their joint density."""
SET_EQUAL: Final = re.compile(
    r"\b(?:set|setting|put|putting|equat(?:e|ing))\b[^.;:]{0,60}\b(?:equal|to\s+zero|to\s+0|the\s+two|both)\b"
    r"|\b(?:solv(?:e|es|ing)|balanc(?:e|es|ing))\b[^.;:]{0,40}\b(?:for|two|both)\b", re.IGNORECASE,
)
"""Words after which an equation is the solution of another one that they name."""
ANOTHER: Final = re.compile(r"(?:.*[.!?]\s)?\s*(?:The|An?|Another)\s+(?:[A-Za-z-]+\s+){1,4}", re.DOTALL)
COUNTED: Final = re.compile(r"\b(?:number|set|indices|indexes)\s+of\b[^.,;:⟨]*\b(?:with|where|for\s+which|such\s+that|whose|satisfying)\s*$", re.IGNORECASE)
ANOTHER_IS: Final = re.compile(r"(?:.*[.!?]\s)?\s*(?:The|An?|Another|Our)\s+(?:[A-Za-z⟨⟩0-9-]+\s+){1,8}(?:is|are|reads?|has\s+the\s+form)\s*:?\s*", re.DOTALL)
VERB: Final = re.compile(r"\s*(?:has|is|starts|decays|gives|grows|satisfies)\b")
"""The words around a formula that says anew what a name is: "The cosine schedule eta(t) = ... has"."""
CONDITIONS: Final = word_set("setting set put equating if suppose assume when solving")
UNLESS: Final = re.compile(r"\b(?:unless|except(?:\s+(?:when|if|for|at|where))?)\s*$", re.IGNORECASE)
"""Words before a condition that is left out."""
SO_THAT: Final = re.compile(
    r"\W*(?:we\s+(?:(?:shall|will|may|can|now)\s+)?)?(?:let|suppose|assume)\b(?:[^.;]*\b(?:so|such)\s+that|[^.;⟨]*,\s*so(?:\s+that)?)\s*$", re.IGNORECASE
)
"""Words before what is meant by a supposition: "let Y hold one-hot labels, *so that* the rows sum to one", "assume that the data are centred, *so*"."""
LASTING: Final = word_set("assume assuming suppose supposing given consider fix subject satisfying")
NOTING: Final = word_set("note noting that")
SUPPOSING: Final = word_set("if suppose supposing assume assuming when whenever")
