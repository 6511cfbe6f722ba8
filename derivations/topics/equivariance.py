"""Self-attention is equivariant to permutations of its inputs: ``Sa[XP] = Sa[X] P``, for every number of inputs and every width.

The softmax along the columns is equivariant as well, ``Softmax[P^T A P] = P^T Softmax[A] P``: it is not invariant (``Softmax[A]`` is something
else). The proof goes down to the entries: a permutation matrix is one with ``P_ij = delta_{i, pi(j)}``, and a sum over all columns
does not mind their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derivations.kernel.statement import Because, Derivation, Rule, Statement, Step, equation
from derivations.kernel.theorem import Theorem, verify
from derivations.language.context import ONE, Array, Context, Domain, Function, Scalar, Softmax
from derivations.language.errors import ParameterError
from derivations.language.term import Call, Const, Frac, Index, Name, Pow, Relation, Root, Term, group, names, product, sum_over, times
from derivations.problem import Answer, Displayed, Meaning, Mistake, Problem, Section
from derivations.rules.matrices import entries, entry_algebra, matrix_algebra, reindexing
from derivations.topics.drawn.numbers import permuted

Tokens = Literal["columns", "rows"]

D, N, X, P, A, IDENTITY = names("D N X P A I")
Q, K, V = names("Q K V")
PI, DELTA, E = Name("pi"), Name("delta"), Const("e")
i, j, m, r = names("i j m r")
ONES = Name("1", font="bold")
SA, SOFTMAX = Name("Sa"), Name("Softmax")


def _primed(name: Name) -> Name:
    return Name(name.text, primes=1)


def _weight(which: Name) -> Term:
    return Name("W")[which.text.lower()]


def _bias(which: Name) -> Term:
    return Name("b")[which.text.lower()]


@dataclass(frozen=True, slots=True)
class Attention:
    """How the inputs are laid out. ``columns``: X is D x N, a permutation acts as XP. ``rows``: X is N x D, a permutation acts as PX.

    Everything for rows is written in the opposite order; ``scaled`` divides the scores by the root of D.
    """

    tokens: Tokens = "columns"
    scaled: bool = False

    def product(self, *factors: Term) -> Term:
        """The factors in this order for columns, in the opposite order for rows."""
        return product(*(factors if self.tokens == "columns" else reversed(factors)))

    def permuted(self, array: Term) -> Term:
        """XP, or PX."""
        return self.product(array, P)

    def bias(self, which: Name) -> Term:
        """The same bias for every input: ``b 1^T``, or ``1 b^T``."""
        return product(_bias(which), ONES.T) if self.tokens == "columns" else product(ONES, _bias(which).T)

    def affine(self, which: Name, inputs: Term) -> Term:
        return self.bias(which) + self.product(_weight(which), inputs)

    def scores(self, keys: Term, queries: Term) -> Term:
        inner = self.product(keys.T, queries)
        return Frac(inner, Root(D)) if self.scaled else inner

    def weights(self, scores: Term) -> Term:
        return Call(SOFTMAX, (scores,), "[")

    def attention(self, values: Term, keys: Term, queries: Term) -> Term:
        return self.product(values, self.weights(self.scores(keys, queries)))

    @property
    def conjugated(self) -> Term:
        """``P^T A P``, or ``P A P^T``."""
        return self.product(P.T, A, P)

    def entry(self, row: Term, column: Term) -> Term:
        """What the entry of P is by definition."""
        return DELTA[row, PI(column)] if self.tokens == "columns" else DELTA[PI(row), column]

    @property
    def context(self) -> Context:
        """All names of the derivations and their definitions."""
        columns = self.tokens == "columns"
        context = (
            Context()
            .declare(Scalar(Domain.NATURAL), D, N, i, j, m, r)
            .with_range(i, ONE, N)
            .with_range(j, ONE, N)
            .declare(Array(N, N, frozenset({"permutation"})), P)
            .declare(Function(1, frozenset({"permutation"}), on_integers=True), PI)
            .assume(Relation((PI, Name("S")[N]), ("in",)))
            .define(P[i, j], self.entry(i, j), (i, j))
            .declare(Array(N, N, frozenset({"identity"})), IDENTITY)
            .declare(Array(N, ONE, frozenset({"ones"})), ONES)
            .declare(Array(N, N), A)
            .declare(Softmax(0 if columns else 1), SOFTMAX)
            .declare(Array(D, N) if columns else Array(N, D), X)
            .declare(Function(1, maps_arrays=True), SA)
        )
        for which in (V, K, Q):
            weight, bias = _weight(which), _bias(which)
            if isinstance(weight, Index) and isinstance(bias, Index):
                context = context.declare(Array(D, D), weight).declare(Array(D, ONE), bias)
            context = context.define(which, self.affine(which, X)).define(_primed(which), self.affine(which, group(self.permuted(X))))
        return context.define(Call(SA, (X,), "["), self.attention(V, K, Q), (X,))


def _chain(title: str, context: Context, start: Term, links: list[tuple[Term, Rule, Because]], conclusion: Statement | None = None) -> Derivation:
    """``start = first = second = ...``; with a conclusion, the ends are the entries of its two sides."""
    steps: list[Step] = []
    left = start
    for number, (right, rule, because) in enumerate(links):
        steps.append(Step(equation(left, right), rule, because, key=number % 2 == 0 or number == len(links) - 1))
        left = right
    whole = equation(start, left)
    if conclusion is None:
        return Derivation(title, context, whole, tuple(steps))
    steps.append(Step(conclusion, entries, "entry by entry", (whole,)))
    return Derivation(title, context, conclusion, tuple(steps))


def ones_derivation(form: Attention) -> Derivation:
    """``1^T P = 1^T`` (``P 1 = 1`` for rows): permuting equal inputs changes nothing."""
    if form.tokens == "columns":
        claim, start, end = equation(product(ONES.T, P), ONES.T), group(product(ONES.T, P))[j], group(ONES.T)[j]
        entry, delta = P[m, j], form.entry(m, j)
    else:
        claim, start, end = equation(product(P, ONES), ONES), group(product(P, ONES))[i], ONES[i]
        entry, delta = P[i, m], form.entry(i, m)
    return _chain(
        "Permuting equal inputs changes nothing",
        form.context,
        start,
        [
            (sum_over(m, 1, N, entry), entry_algebra, ("all entries of ", ONES, " are 1")),
            (sum_over(m, 1, N, delta), entry_algebra, ("definition of ", P)),
            (ONE, entry_algebra, ("one index from 1 to ", N, " is the image under ", PI, ", and no other")),
            (end, entry_algebra, ("all entries of ", ONES, " are 1")),
        ],
        claim,
    )


def orthogonal_derivation(form: Attention) -> Derivation:
    """``P P^T = I`` (``P^T P = I`` for rows)."""
    whole = form.product(P, P.T)
    if form.tokens == "columns":
        entry, images, plain = product(P[i, m], P[j, m]), product(DELTA[i, PI(m)], DELTA[j, PI(m)]), product(DELTA[i, m], DELTA[j, m])
    else:
        entry, images, plain = product(P[m, i], P[m, j]), product(DELTA[PI(m), i], DELTA[PI(m), j]), product(DELTA[m, i], DELTA[m, j])
    return _chain(
        "A permutation matrix is orthogonal",
        form.context,
        group(whole)[i, j],
        [
            (sum_over(m, 1, N, entry), entry_algebra, "the product by entries"),
            (sum_over(m, 1, N, images), entry_algebra, ("definition of ", P)),
            (sum_over(m, 1, N, plain), reindexing, (PI, " runs once through all indices from 1 to ", N)),
            (DELTA[i, j], entry_algebra, "only one term can differ from 0"),
            (IDENTITY[i, j], entry_algebra, ("definition of the identity matrix ", IDENTITY)),
        ],
        equation(whole, IDENTITY),
    )


def conjugation_derivation(form: Attention) -> Derivation:
    """``(P^T A P)_ij = A_{pi(i), pi(j)}``: rows and columns are permuted alike."""
    left, right = ((m, i), (r, j)) if form.tokens == "columns" else ((i, m), (j, r))
    summand = product(P[left], A[m, r], P[right])
    deltas = product(form.entry(*left), A[m, r], form.entry(*right))
    return _chain(
        "Rows and columns are permuted alike",
        form.context,
        group(form.conjugated)[i, j],
        [
            (sum_over(m, 1, N, sum_over(r, 1, N, summand)), entry_algebra, "the product by entries"),
            (sum_over(m, 1, N, sum_over(r, 1, N, deltas)), entry_algebra, ("definition of ", P)),
            (A[PI(i), PI(j)], entry_algebra, "each sum has one term that differs from 0"),
        ],
    )


def softmax_derivation(form: Attention) -> Derivation:
    """``Softmax[P^T A P] = P^T Softmax[A] P``: the exponentials are permuted, and their sum along a column only changes its order."""
    columns = form.tokens == "columns"

    def fraction(entry: Term, summed: Term) -> Term:
        return Frac(Pow(E, entry), sum_over(m, 1, N, Pow(E, summed)))

    whole = group(form.conjugated)
    row, column = PI(i), PI(j)
    moved = A[row, column]
    sums = (whole[m, j], A[PI(m), column], A[m, column]) if columns else (whole[i, m], A[row, PI(m)], A[row, m])
    claim = equation(form.weights(form.conjugated), form.product(P.T, form.weights(A), P))
    return _chain(
        "The softmax is equivariant to permutations",
        form.context,
        form.weights(form.conjugated)[i, j],
        [
            (fraction(whole[i, j], sums[0]), entry_algebra, "definition of the softmax"),
            (fraction(moved, sums[1]), entry_algebra, "rows and columns are permuted alike"),
            (fraction(moved, sums[2]), reindexing, "the sum over all indices in another order"),
            (form.weights(A)[row, column], entry_algebra, "definition of the softmax"),
            (group(claim.rhs)[i, j], entry_algebra, "rows and columns of the softmax are permuted alike"),
        ],
        claim,
    )


def projection_derivation(form: Attention, which: Name, ones: Theorem) -> Derivation:
    """``Q' = Q P``, and the same for K and V."""
    primed, inputs = _primed(which), group(form.permuted(X))
    start = form.affine(which, inputs)
    regrouped = form.bias(which) + form.product(group(form.product(_weight(which), X)), P)
    shared = form.product(group(form.bias(which)), P) + form.product(group(form.product(_weight(which), X)), P)
    factored = form.product(group(form.affine(which, X)), P)
    return Derivation(
        f"Permuted inputs give permuted {_WORDS[which]}",
        form.context,
        equation(primed, form.permuted(which)),
        (
            Step(equation(primed, start), matrix_algebra, ("the definition with ", form.permuted(X), " in place of ", X)),
            Step(equation(start, regrouped), matrix_algebra, "the product is associative", key=False),
            Step(equation(regrouped, shared), matrix_algebra, ("equal columns are permuted: ", ones.statement.formula), (ones,)),
            Step(equation(shared, factored), matrix_algebra, ("the common factor ", P)),
            Step(equation(factored, form.permuted(which)), matrix_algebra, ("definition of ", which)),
        ),
        (ones,),
    )


_WORDS = {Q: "queries", K: "keys", V: "values"}


def attention_derivation(form: Attention, projections: tuple[Theorem, ...], softmax: Theorem, orthogonal: Theorem) -> Derivation:
    """``Sa[XP] = Sa[X] P``. ``projections``: the theorems on V', K' and Q'."""
    values, keys, queries = (group(form.permuted(which)) for which in (V, K, Q))
    start = Call(SA, (form.permuted(X),), "[")
    plain = form.weights(form.scores(K, Q))
    inner = form.product(P.T, K.T, Q, P)
    opened = form.weights(Frac(inner, Root(D)) if form.scaled else inner)
    links: list[tuple[Term, Because, tuple[Theorem, ...]]] = [
        (form.attention(_primed(V), _primed(K), _primed(Q)), "definition of self-attention", ()),
        (form.attention(values, keys, queries), "the permuted values, keys and queries", projections),
        (form.product(values, opened), ("the transpose of a product: ", equation(group(form.permuted(K)).T, form.product(P.T, K.T)).formula), ()),
        (form.product(values, P.T, plain, P), ("the softmax is equivariant: both ", P.T, " and ", P, " come out"), (softmax,)),
        (form.product(V, group(form.product(P, P.T)), plain, P), "the product is associative", ()),
        (form.product(V, plain, P), ("a permutation matrix is orthogonal: ", orthogonal.statement.formula), (orthogonal,)),
        (form.permuted(Call(SA, (X,), "[")), "definition of self-attention", ()),
    ]
    steps: list[Step] = []
    left: Term = start
    for right, because, premises in links:
        steps.append(Step(equation(left, right), matrix_algebra, because, premises, key=because != "the product is associative"))
        left = right
    return Derivation(
        "Self-attention is equivariant to permutations",
        form.context,
        equation(start, left),
        tuple(steps),
        (*projections, softmax, orthogonal),
    )


def theorems(tokens: Tokens = "columns", scaled: bool = False) -> tuple[Theorem, ...]:
    """The lemmas in the order in which they are used, and the theorem at the end. Raises NotProved if a step is not accepted."""
    form = Attention(tokens, scaled)
    ones = verify(ones_derivation(form))
    orthogonal = verify(orthogonal_derivation(form))
    conjugation = verify(conjugation_derivation(form))
    softmax = verify(softmax_derivation(form))
    projections = tuple(verify(projection_derivation(form, which, ones)) for which in (V, K, Q))
    main = verify(attention_derivation(form, projections, softmax, orthogonal))
    return ones, orthogonal, conjugation, softmax, *projections, main


def problem(tokens: Tokens = "columns", scaled: bool = False) -> Problem:
    """The equivariance of self-attention to permutations of its inputs.

    Args:
        tokens: whether the inputs are the columns of X (D x N, permuted as XP) or its rows (N x D, permuted as PX).
        scaled: whether the scores are divided by the root of D.

    Raises:
        ParameterError: ``tokens`` is something else.
    """
    if tokens not in ("columns", "rows"):
        raise ParameterError("self-attention-equivariance", "tokens", tokens, "'columns' or 'rows'")
    form = Attention(tokens, scaled)
    ones, orthogonal, conjugation, softmax, *projections, main = theorems(tokens, scaled)
    image = Relation((P[i, j], form.entry(i, j)), ("=",))
    values, keys, queries = projections
    columns = tokens == "columns"
    define = ("Permuting equal inputs changes nothing. By definition ", image, " for a permutation ", PI, " of the numbers from 1 to ", N, ".")
    invariance = equation(form.weights(form.conjugated), form.weights(A))
    return Problem(
        kind="self-attention-equivariance",
        title="Permutation equivariance of self-attention",
        question=(
            "Self-attention maps ",
            X,
            " to ",
            Displayed(Relation((Call(SA, (X,), "["), form.attention(V, K, Q)), ("=",))),
            " with ",
            *(Displayed(Relation((which, form.affine(which, X)), ("=",))) for which in (V, K, Q)),
            f"where the softmax is taken along each {'column' if tokens == 'columns' else 'row'}. Show that for every permutation matrix ",
            P,
            Displayed(main.statement.formula),
        ),
        sections=(
            Section(ones, define, "lemma", whole="normal"),
            Section(orthogonal, "A permutation matrix is orthogonal: its transpose undoes the permutation.", "lemma", whole="normal"),
            Section(conjugation, (form.conjugated, " has the rows and columns of ", A, " in the new order."), "lemma", whole="normal"),
            Section(softmax, "The softmax is equivariant, not invariant: its entries move with those of its argument.", "lemma"),
            Section(queries, "Permuted inputs give permuted queries.", "lemma"),
            Section(keys, "Keys and values likewise.", "lemma", whole="full", brief="by the same steps"),
            Section(values, role="lemma", titled=False, whole="full", brief="by the same steps"),
            Section(main, "Put together."),
        ),
        answer=Answer(
            (main.statement,),
            True,
            "Permuting the inputs permutes the outputs in the same way, whatever the number of inputs and their length:",
            f"softmax along each {'column' if columns else 'row'}",
        ),
        hints=(
            ("What are queries, keys and values of ", form.permuted(X), "? What does ", P, " do to the biases, which are equal for all inputs?"),
            ("Which scores do the permuted inputs have? Write them with ", P, " and the old scores, and use the transpose of a product."),
            ("The softmax of ", form.conjugated, " is not the softmax of ", A, ". Which entries does it have, and in which order?"),
            ("What is ", form.product(P, P.T), ", and why?"),
        ),
        meanings=(
            Meaning((X,), ("holds the ", N, " inputs as ", "columns" if columns else "rows", " of length ", D)),
            Meaning((_weight(V), _weight(K), _weight(Q)), ("are ", times(D, D), " matrices of weights")),
            Meaning((_bias(V), _bias(K), _bias(Q)), ("vectors of ", D, " biases")),
            Meaning((ONES,), ("the vector of ", N, " ones")),
            Meaning((P,), ("a permutation matrix of size ", times(N, N), ": one 1 in each row and each column, all else 0")),
            Meaning((PI,), ("its permutation of the numbers from 1 to ", N, " (", Relation((PI, Name("S")[N]), ("in",)), ")")),
            Meaning((DELTA[i, j],), ("is 1 for equal indices, else 0")),
            Meaning((IDENTITY,), ("the identity matrix of size ", times(N, N))),
            Meaning((A,), ("any real matrix of size ", times(N, N))),
            Meaning((_primed(V), _primed(K), _primed(Q)), ("values, keys and queries of the permuted inputs ", form.permuted(X))),
        ),
        mistakes=(
            Mistake(invariance, form.context, matrix_algebra, "The softmax is taken for invariant. Its entries move with those of its argument."),
            Mistake(
                equation(form.product(P, P), IDENTITY), form.context, matrix_algebra, "The permutation is taken for its own inverse. That is its transpose."
            ),
            Mistake(
                equation(main.statement.lhs, Call(SA, (X,), "[")), form.context, matrix_algebra, "The outputs are taken to stay. They move with the inputs."
            ),
        ),
        parameters={"tokens": tokens, "scaled": scaled},
        figure=permuted(tokens, scaled, (form.weights(form.scores(K, Q)), form.weights(form.scores(_primed(K), _primed(Q))))),
        notes=(("The step that moves ", P, " out of the softmax is equivariance. Invariance would be ", invariance.formula, ", which is false."),),
    )
