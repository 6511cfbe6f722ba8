"""Self-attention is equivariant to permutations of its inputs: ``Sa[XP] = Sa[X] P``, for every number of inputs and every width.

The softmax along the columns is equivariant as well, ``Softmax[P^T A P] = P^T Softmax[A] P``: it is not invariant (``Softmax[A]`` is something
else). The proof goes down to the entries: a permutation matrix is one with ``P_ij = delta_{i, pi(j)}``, and a sum over all columns
does not mind their order.

The definitions are SymPy's, of matrices (``MatrixSymbol``) and of entries (``Indexed``); SymPy puts them in, multiplies, transposes and sums over other
indices, and what comes of it is written down. The answer is the pair of the entries of both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import sympy as sp

from derivations.kernel.statement import Because, Derivation, Rule, Statement, Step, equation
from derivations.kernel.theorem import Theorem, verify
from derivations.language.brackets import bracketed
from derivations.language.context import ONE, Array, Context, Domain, Function, Scalar, Softmax
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.quote import Order, quote
from derivations.language.term import Call, Index, Name, Relation, Term, group, names, times
from derivations.problem import Answer, Displayed, Later, Meaning, Mistake, Problem, Section
from derivations.rules.matrices import entries, entry_algebra, matrix_algebra, reindexing
from derivations.topics.drawn.numbers import permuted
from derivations.topics.entries import Entry, collapsed, delta, put_in, reindexed, transposed
from derivations.topics.entries import product as product_of_entries
from derivations.topics.entries import softmax as softmax_of_entries

Tokens = Literal["columns", "rows"]

D, N, X, P, A, IDENTITY = names("D N X P A I")
Q, K, V = names("Q K V")
PI, DELTA = Name("pi"), Name("delta")
i, j, m, r = names("i j m r")
ONES = Name("1", font="bold")
SA, SOFTMAX = Name("Sa"), Name("Softmax")
POSITIVE = {"integer": True, "positive": True}
at_i, at_j, at_m, at_r, at_l, size_d, size_n = sp.symbols("i j m r l D N", **POSITIVE)
permutation = sp.Function("pi", integer=True)


def _primed(name: Name) -> Name:
    return Name(name.text, primes=1)


def _weight(which: Name) -> Term:
    return Name("W")[which.text.lower()]


def _bias(which: Name) -> Term:
    return Name("b")[which.text.lower()]


class SoftmaxOf(sp.MatrixExpr):  # type: ignore[misc]
    """The softmax of a matrix, as a matrix of the same shape."""

    @property
    def shape(self) -> Any:
        return self.args[0].shape


class AttentionOf(sp.MatrixExpr):  # type: ignore[misc]
    """``Sa[X]``: as many outputs as inputs."""

    @property
    def shape(self) -> Any:
        return self.args[0].shape


@dataclass(frozen=True)
class Attention:
    """How the inputs are laid out. ``columns``: X is D x N, a permutation acts as XP. ``rows``: X is N x D, a permutation acts as PX.

    Everything for rows is written in the opposite order; ``scaled`` divides the scores by the root of D.
    """

    tokens: Tokens = "columns"
    scaled: bool = False

    @property
    def columns(self) -> bool:
        return self.tokens == "columns"

    # -- the arrays -------------------------------------------------------------------------------------------------------------------------

    @cached_property
    def arrays(self) -> dict[Term, Any]:
        """SymPy's matrix of every name."""
        tall = (size_d, size_n) if self.columns else (size_n, size_d)
        shapes: dict[Term, tuple[Any, Any]] = {X: tall, P: (size_n, size_n), A: (size_n, size_n), ONES: (size_n, sp.S.One)}
        for which in (V, K, Q):
            shapes |= {which: tall, _primed(which): tall, _weight(which): (size_d, size_d), _bias(which): (size_d, sp.S.One)}
        return {name: sp.MatrixSymbol(f"M{number}", *shape) for number, (name, shape) in enumerate(shapes.items())}

    @cached_property
    def names(self) -> dict[Any, Term]:
        found: dict[Any, Term] = {matrix: name for name, matrix in self.arrays.items()}
        found |= {sp.Identity(size_n): IDENTITY, SoftmaxOf: SOFTMAX, AttentionOf: SA, delta: DELTA}
        return found | {symbol: Name(symbol.name) for symbol in (at_i, at_j, at_m, at_r, size_d, size_n)}

    def written(self, expression: Any, bases: dict[Any, Term] | None = None) -> Term:
        """What SymPy computed, written down; biases stand first."""
        biases = tuple(self.arrays[_bias(which)] for which in (V, K, Q))
        order = Order((at_i, self.entries(A), at_j), biases)
        return bracketed(quote(expression, self.names | self.bases | (bases or {}), order))

    def product(self, *factors: Any) -> Any:
        """The factors in this order for columns, in the opposite order for rows."""
        ordered = factors if self.columns else tuple(reversed(factors))
        return ordered[0] if len(ordered) == 1 else sp.MatMul(*ordered)

    def factors(self, product: Any) -> list[Any]:
        """All factors of a product, brackets opened, in the order of the columns."""
        _, found = sp.MatMul(product).doit().as_coeff_matrices()
        return list(found if self.columns else reversed(found))

    def permuted(self, array: Any) -> Any:
        """XP, or PX."""
        return self.product(array, self.arrays[P])

    def affine(self, which: Name, inputs: Any) -> Any:
        """The same bias for every input, ``b 1^T`` or ``1 b^T``, and the weights times the inputs."""
        bias, ones = self.arrays[_bias(which)], self.arrays[ONES]
        same = sp.MatMul(bias, ones.T) if self.columns else sp.MatMul(ones, bias.T)
        return sp.MatAdd(same, self.product(self.arrays[_weight(which)], inputs))

    def scores(self, keys: Any, queries: Any) -> Any:
        inner = self.product(sp.Transpose(keys), queries)
        return sp.MatMul(1 / sp.sqrt(size_d), *inner.args) if self.scaled else inner

    def attention(self, values: Any, keys: Any, queries: Any) -> Any:
        return self.product(values, SoftmaxOf(self.scores(keys, queries)))

    @property
    def conjugated(self) -> Any:
        """``P^T A P``, or ``P A P^T``."""
        return self.around(self.arrays[A])

    def around(self, inner: Any) -> Any:
        return self.product(self.arrays[P].T, inner, self.arrays[P])

    # -- their entries ----------------------------------------------------------------------------------------------------------------------

    def entries(self, name: Term) -> Any:
        """The entries of an array of this name."""
        return sp.IndexedBase(f"entries of {self.arrays[name].name}", real=True)

    @cached_property
    def bases(self) -> dict[Any, Term]:
        return {self.entries(name): name for name in self.arrays}

    def of(self, name: Term) -> Entry:
        base = self.entries(name)
        return lambda row, column: base[row, column]

    def image(self, row: Any, column: Any) -> Any:
        """What the entry of P is by definition."""
        return delta(row, permutation(column)) if self.columns else delta(permutation(row), column)

    def in_order(self, one: Entry, other: Entry, index: Any) -> Entry:
        """The entries of a product of two for columns, of the factors in the opposite order for rows."""
        return product_of_entries(*((one, other) if self.columns else (other, one)), index, size_n)

    @cached_property
    def context(self) -> Context:
        """All names of the derivations and their definitions."""
        columns, matrix = self.columns, self.arrays
        context = (
            Context()
            .declare(Scalar(Domain.NATURAL), D, N, i, j, m, r)
            .with_range(i, ONE, N)
            .with_range(j, ONE, N)
            .declare(Array(N, N, frozenset({"permutation"})), P)
            .declare(Function(1, frozenset({"permutation"}), on_integers=True), PI)
            .assume(Relation((PI, Name("S")[N]), ("in",)))
            .define(P[i, j], self.written(self.image(at_i, at_j)), (i, j))
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
            context = context.define(which, self.written(self.affine(which, matrix[X])))
            context = context.define(_primed(which), self.written(self.affine(which, self.permuted(matrix[X]))))
        return context.define(self.written(AttentionOf(matrix[X])), self.written(self.attention(*(matrix[n] for n in (V, K, Q)))), (X,))


def _entry(array: Term, *at: Term) -> Term:
    """An entry of what is written."""
    return Index(array if isinstance(array, Name | Call) else group(array), at)


def _chain(
    form: Attention,
    title: str,
    start: Term,
    links: list[tuple[Any, Rule, Because]],
    claim: Statement | None = None,
    last: tuple[Rule, Because] | None = None,
    named: dict[Any, Term] | None = None,
) -> Derivation:
    """``start = first = second = ...``, each written from SymPy; with a claim, the ends are the entries of its two sides."""
    steps: list[Step] = []
    left = bracketed(start)
    written = [(form.written(right, named), rule, because) for right, rule, because in links]
    if claim is not None and last is not None:
        at = left.subscripts if isinstance(left, Index) else ()
        written.append((bracketed(_entry(claim.rhs, *at)), *last))
    for number, (right, rule, because) in enumerate(written):
        steps.append(Step(equation(left, right), rule, because, key=number % 2 == 0 or number == len(written) - 1))
        left = right
    whole = equation(bracketed(start), left)
    if claim is None:
        return Derivation(title, form.context, whole, tuple(steps))
    steps.append(Step(claim, entries, "entry by entry", (whole,)))
    return Derivation(title, form.context, claim, tuple(steps))


def ones_derivation(form: Attention) -> Derivation:
    """``1^T P = 1^T`` (``P 1 = 1`` for rows): permuting equal inputs changes nothing."""
    ones = form.arrays[ONES]
    row = ones.T if form.columns else ones
    claim = equation(form.written(form.product(row, form.arrays[P])), form.written(row))
    at = (at_i, at_j)
    summed = form.in_order(lambda row, column: sp.S.One, form.of(P), at_m)(*at)
    images = put_in(summed, form.entries(P), form.image)
    return _chain(
        form,
        "Permuting equal inputs changes nothing",
        _entry(claim.lhs, j if form.columns else i),
        [
            (summed, entry_algebra, ("all entries of ", ONES, " are 1")),
            (images, entry_algebra, ("definition of ", P)),
            (collapsed(images), entry_algebra, ("one index from 1 to ", N, " is the image under ", PI, ", and no other")),
        ],
        claim,
        (entry_algebra, ("all entries of ", ONES, " are 1")),
    )


def orthogonal_derivation(form: Attention) -> Derivation:
    """``P P^T = I`` (``P^T P = I`` for rows)."""
    matrix = form.arrays[P]
    claim = equation(form.written(form.product(matrix, matrix.T)), form.written(sp.Identity(size_n)))
    summed = form.in_order(form.of(P), transposed(form.of(P)), at_m)(at_i, at_j)
    images = put_in(summed, form.entries(P), form.image)
    plain = reindexed(images, permutation)
    return _chain(
        form,
        "A permutation matrix is orthogonal",
        _entry(claim.lhs, i, j),
        [
            (summed, entry_algebra, "the product by entries"),
            (images, entry_algebra, ("definition of ", P)),
            (plain, reindexing, (PI, " runs once through all indices from 1 to ", N)),
            (collapsed(plain), entry_algebra, "only one term can differ from 0"),
        ],
        claim,
        (entry_algebra, ("definition of the identity matrix ", IDENTITY)),
    )


def moved(form: Attention) -> tuple[Any, Any, Any]:
    """``(P^T A P)_ij`` as the product by entries, with the entries of P put in, and with its sums done."""
    left, right = (transposed(form.of(P)), form.of(P)) if form.columns else (form.of(P), transposed(form.of(P)))
    whole = product_of_entries(left, product_of_entries(form.of(A), right, at_r, size_n), at_m, size_n)(at_i, at_j)
    images = put_in(whole, form.entries(P), form.image)
    return whole, images, collapsed(images)


def conjugation_derivation(form: Attention) -> Derivation:
    """``(P^T A P)_ij = A_{pi(i), pi(j)}``: rows and columns are permuted alike."""
    whole, images, result = moved(form)
    return _chain(
        form,
        "Rows and columns are permuted alike",
        _entry(form.written(form.conjugated), i, j),
        [
            (whole, entry_algebra, "the product by entries"),
            (images, entry_algebra, ("definition of ", P)),
            (result, entry_algebra, "each sum has one term that differs from 0"),
        ],
    )


def softmax_derivation(form: Attention) -> Derivation:
    """``Softmax[P^T A P] = P^T Softmax[A] P``: the exponentials are permuted, and their sum along a column only changes its order.

    Raises:
        DeriveError: what comes of it is no entry of the softmax.
    """
    before, after = SoftmaxOf(form.conjugated), form.around(SoftmaxOf(form.arrays[A]))
    claim = equation(form.written(before), form.written(after))
    inner, outer = sp.IndexedBase("inner", real=True), sp.IndexedBase("outer", real=True)
    weights = sp.IndexedBase("weights", real=True)
    whole = softmax_of_entries(lambda row, column: inner[row, column], at_m, size_n, form.columns)(at_i, at_j)
    _, _, image = moved(form)

    def alike(row: Any, column: Any) -> Any:
        return image.subs({at_i: row, at_j: column}, simultaneous=True)

    permuted_ = put_in(whole, inner, alike)
    plain = reindexed(permuted_, permutation)
    if plain != softmax_of_entries(form.of(A), at_m, size_n, form.columns)(permutation(at_i), permutation(at_j)):
        raise DeriveError(f"{plain} is not an entry of the softmax")
    named = {inner: group(form.written(form.conjugated)), outer: group(claim.rhs), weights: form.written(SoftmaxOf(form.arrays[A]))}
    return _chain(
        form,
        "The softmax is equivariant to permutations",
        _entry(claim.lhs, i, j),
        [
            (whole, entry_algebra, "definition of the softmax"),
            (permuted_, entry_algebra, "rows and columns are permuted alike"),
            (plain, reindexing, "the sum over all indices in another order"),
            (put_in(alike(at_i, at_j), form.entries(A), lambda row, column: weights[row, column]), entry_algebra, "definition of the softmax"),
        ],
        claim,
        (entry_algebra, "rows and columns of the softmax are permuted alike"),
        named,
    )


def _rule_chain(form: Attention, title: str, start: Term, links: list[tuple[Any, Because, tuple[Theorem, ...]]], lemmas: tuple[Theorem, ...]) -> Derivation:
    """Equalities of matrices, each written from SymPy."""
    steps: list[Step] = []
    left = start
    for right, because, premises in links:
        written = form.written(right)
        steps.append(Step(equation(left, written), matrix_algebra, because, premises, key=because != "the product is associative"))
        left = written
    return Derivation(title, form.context, equation(start, left), tuple(steps), lemmas)


def projection_derivation(form: Attention, which: Name, ones: Theorem) -> Derivation:
    """``Q' = Q P``, and the same for K and V."""
    matrix, moves = form.arrays, form.arrays[P]
    row = matrix[ONES].T if form.columns else matrix[ONES]
    plain = form.affine(which, matrix[X])
    start = plain.subs(matrix[X], form.permuted(matrix[X]))

    def ending(summand: Any) -> Any:
        """A summand with the permutation apart."""
        *others, last = form.factors(summand)
        return form.product(form.product(*others), last) if last == moves else summand

    regrouped = sp.MatAdd(*map(ending, start.args))
    shared = sp.MatAdd(*(ending(s.xreplace({row: form.product(row, moves)})) for s in regrouped.args))
    factored = form.product(sp.MatAdd(*(form.product(*form.factors(s)[:-1]) for s in shared.args)), moves)
    return _rule_chain(
        form,
        f"Permuted inputs give permuted {_WORDS[which]}",
        _primed(which),
        [
            (start, ("the definition with ", form.written(form.permuted(matrix[X])), " in place of ", X), ()),
            (regrouped, "the product is associative", ()),
            (shared, ("equal columns are permuted: ", ones.statement.formula), (ones,)),
            (factored, ("the common factor ", P), ()),
            (factored.xreplace({plain: matrix[which]}), ("definition of ", which), ()),
        ],
        (ones,),
    )


_WORDS = {Q: "queries", K: "keys", V: "values"}


def attention_derivation(form: Attention, projections: tuple[Theorem, ...], softmax: Theorem, orthogonal: Theorem) -> Derivation:
    """``Sa[XP] = Sa[X] P``. ``projections``: the theorems on V', K' and Q'."""
    matrix, moves = form.arrays, form.arrays[P]
    defined = form.attention(*(matrix[_primed(which)] for which in (V, K, Q)))
    entered = defined.xreplace({matrix[_primed(which)]: form.permuted(matrix[which]) for which in (V, K, Q)})
    opened = entered.replace(lambda e: isinstance(e, SoftmaxOf), lambda e: SoftmaxOf(e.args[0].doit()))
    weights = next(iter(opened.atoms(SoftmaxOf)))
    plain = SoftmaxOf(form.scores(matrix[K], matrix[Q]))
    if form.factors(weights.args[0]) != form.factors(form.around(form.product(*form.factors(plain.args[0])))):
        raise DeriveError(f"{weights} is not the softmax of what is permuted on both sides")
    outside = form.product(form.permuted(matrix[V]), *form.factors(form.around(plain)))
    flat = form.factors(outside)
    apart = form.product(flat[0], form.product(flat[1], flat[2]), *flat[3:])
    cancelled = apart.xreplace({form.product(moves, moves.T): sp.Identity(size_n)}).doit()
    known = form.factors(form.attention(*(matrix[which] for which in (V, K, Q))))
    rest = form.factors(cancelled)
    if rest[: len(known)] != known:
        raise DeriveError(f"{cancelled} does not begin with what self-attention is by definition")
    keys = sp.Transpose(form.permuted(matrix[K]))
    return _rule_chain(
        form,
        "Self-attention is equivariant to permutations",
        form.written(AttentionOf(form.permuted(matrix[X]))),
        [
            (defined, "definition of self-attention", ()),
            (entered, "the permuted values, keys and queries", projections),
            (opened, ("the transpose of a product: ", equation(form.written(keys), form.written(keys.doit())).formula), ()),
            (outside, ("the softmax is equivariant: both ", P.T, " and ", P, " come out"), (softmax,)),
            (apart, "the product is associative", ()),
            (cancelled, ("a permutation matrix is orthogonal: ", orthogonal.statement.formula), (orthogonal,)),
            (form.product(AttentionOf(matrix[X]), *rest[len(known) :]), "definition of self-attention", ()),
        ],
        (*projections, softmax, orthogonal),
    )


def sides(form: Attention) -> tuple[Any, Any]:
    """The entries of ``Sa[XP]`` and of ``Sa[X] P``, from the entries of the inputs, the weights and the biases; they differ in the order of their sums.

    Raises:
        DeriveError: they differ otherwise.
    """
    tokens, feature, row, column = sp.symbols("m r i j", **POSITIVE)
    inputs = sp.IndexedBase("X", real=True)

    def turned(entry: Entry) -> Entry:
        return entry if form.columns else transposed(entry)

    def affine(letter: str, x: Entry) -> Entry:
        weight, bias = sp.IndexedBase(f"W_{letter}", real=True), sp.IndexedBase(f"b_{letter}", real=True)
        return lambda feature_, token: bias[feature_] + sp.Sum(turned(lambda a, b: weight[a, b])(feature_, feature) * x(feature, token), (feature, 1, size_d))

    def attention(x: Entry) -> Entry:
        values, keys, queries = (affine(letter, x) for letter in "vkq")
        scale = 1 / sp.sqrt(size_d) if form.scaled else sp.S.One

        def scores(one: Any, other: Any) -> Any:
            return scale * sp.Sum(keys(at_l, one) * queries(at_l, other), (at_l, 1, size_d))

        summed = sp.Symbol("n", **POSITIVE)
        weights = softmax_of_entries(scores, summed, size_n, columns=True)
        return lambda feature_, token: sp.Sum(values(feature_, tokens) * weights(tokens, token), (tokens, 1, size_n))

    plain = turned(lambda a, b: inputs[a, b])  # features first, then tokens
    permuted_ = lambda feature_, token: plain(feature_, permutation(token))  # noqa: E731 - the entry of XP, as the lemma on its sums says
    feature_, token = (row, column) if form.columns else (column, row)
    left, right = attention(permuted_)(feature_, token), attention(plain)(feature_, permutation(token))
    if reindexed(left, permutation) != right:
        raise DeriveError("the two sides are not the same sums in another order")
    return left, right


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


def weights_of(form: Attention, keys: Term, queries: Term) -> Term:
    return form.written(SoftmaxOf(form.scores(form.arrays[keys], form.arrays[queries])))


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
    matrix = form.arrays
    image = Relation((P[i, j], form.written(form.image(at_i, at_j))), ("=",))
    values, keys, queries = projections
    columns = tokens == "columns"
    define = ("Permuting equal inputs changes nothing. By definition ", image, " for a permutation ", PI, " of the numbers from 1 to ", N, ".")
    invariance = equation(softmax.statement.lhs, form.written(SoftmaxOf(matrix[A])))
    moved_inputs = form.written(form.permuted(matrix[X]))
    defined = form.context.definitions[-1]
    return Problem(
        kind="self-attention-equivariance",
        title="Permutation equivariance of self-attention",
        question=(
            "Self-attention maps ",
            X,
            " to ",
            Displayed(Relation((defined.lhs, defined.rhs), ("=",))),
            " with ",
            *(Displayed(Relation((which, form.written(form.affine(which, matrix[X]))), ("=",))) for which in (V, K, Q)),
            f"where the softmax is taken along each {'column' if tokens == 'columns' else 'row'}. Show that for every permutation matrix ",
            P,
            Displayed(main.statement.formula),
        ),
        sections=(
            Section(ones, define, "lemma", whole="normal"),
            Section(orthogonal, "A permutation matrix is orthogonal: its transpose undoes the permutation.", "lemma", whole="normal"),
            Section(conjugation, (form.written(form.conjugated), " has the rows and columns of ", A, " in the new order."), "lemma", whole="normal"),
            Section(softmax, "The softmax is equivariant, not invariant: its entries move with those of its argument.", "lemma"),
            Section(queries, "Permuted inputs give permuted queries.", "lemma"),
            Section(keys, "Keys and values likewise.", "lemma", whole="full", brief="by the same steps"),
            Section(values, role="lemma", titled=False, whole="full", brief="by the same steps"),
            Section(main, "Put together."),
        ),
        answer=Answer(
            (main.statement,),
            Later(lambda: sides(form)),
            "Permuting the inputs permutes the outputs in the same way, whatever the number of inputs and their length:",
            f"softmax along each {'column' if columns else 'row'}",
        ),
        hints=(
            ("What are queries, keys and values of ", moved_inputs, "? What does ", P, " do to the biases, which are equal for all inputs?"),
            ("Which scores do the permuted inputs have? Write them with ", P, " and the old scores, and use the transpose of a product."),
            ("The softmax of ", form.written(form.conjugated), " is not the softmax of ", A, ". Which entries does it have, and in which order?"),
            ("What is ", orthogonal.statement.lhs, ", and why?"),
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
            Meaning((_primed(V), _primed(K), _primed(Q)), ("values, keys and queries of the permuted inputs ", moved_inputs)),
        ),
        mistakes=(
            Mistake(invariance, form.context, matrix_algebra, "The softmax is taken for invariant. Its entries move with those of its argument."),
            Mistake(
                equation(form.written(form.product(matrix[P], matrix[P])), IDENTITY),
                form.context,
                matrix_algebra,
                "The permutation is taken for its own inverse. That is its transpose.",
            ),
            Mistake(
                equation(main.statement.lhs, defined.lhs), form.context, matrix_algebra, "The outputs are taken to stay. They move with the inputs."
            ),
        ),
        parameters={"tokens": tokens, "scaled": scaled},
        figure=permuted(tokens, scaled, (weights_of(form, K, Q), weights_of(form, _primed(K), _primed(Q)))),
        notes=(("The step that moves ", P, " out of the softmax is equivariance. Invariance would be ", invariance.formula, ", which is false."),),
    )
