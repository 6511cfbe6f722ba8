"""What may stand where in the written grammar: which terms begin with a bracket, reach on to the right, carry scripts, go without brackets.

These are the questions that ``brackets`` asks to put brackets in, and the reader to know where an argument ends.
"""

from __future__ import annotations

from derivations.language.term import (
    Bars,
    Big,
    Call,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Root,
    Term,
    Transpose,
    Tuple,
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LOGLIKE = _set("exp ln log lg sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg det dim gcd hom ker Pr max min sup inf deg")
"""Function names that are set upright by custom and are names of functions wherever they stand (``Name(text)`` without a font)."""

OPERATORS = _set("tr Tr trace rank diag sgn sign erf erfc erfinv softmax Softmax sigmoid ReLU relu SiLU GELU softplus logistic Var Cov Corr KL vec vech "
    "arcosh arsinh artanh arccot lcm logit expit span conv sech csch LogSumExp logsumexp lse SoftMax Sigmoid LayerNorm BN "
    "LambertW LambertWm")
"""Other names of functions that are words. A ``Name`` of one of these words (without a font) is printed upright and read from any upright font."""

FUNCTION_WORDS = LOGLIKE | OPERATORS



def is_function_word(name: Term) -> bool:
    """Whether a name is one that may be applied without brackets: ``ln x``, ``tr A``."""
    return isinstance(name, Name) and name.font == "" and name.text in FUNCTION_WORDS


def is_postfix(function: Term) -> bool:
    """Whether a function is written after its argument: the factorial ``n!``."""
    return function == Name("factorial")


def starts_with_bracket(node: Term) -> bool:
    """Whether the first thing written is an opening bracket."""
    match node:
        case Group():
            return True
        case Tuple(_, bracket):
            return bracket != ""
        case Pow(base, _) | Transpose(base) | Index(base, _):
            return starts_with_bracket(base)
        case Call(function, arguments, bracket):
            return starts_with_bracket(arguments[0] if is_postfix(function) and arguments else function)
        case Mul(parts):
            return starts_with_bracket(parts[0][1])
        case Frac(numerator, _, True):
            return starts_with_bracket(numerator)
        case _:
            return False


def reaches_on(node: Term) -> bool:
    """Whether the term would take in factors written after it: a big operator, ``d/dx f``, ``log`` of a sum."""
    match node:
        case Big():
            return True
        case Deriv(body, _, _, style):
            return style != "fraction" and (not starts_with_bracket(body) or reaches_on(body))
        case Call(function, arguments, ""):
            return bool(arguments) and not is_postfix(function) and reaches_on(arguments[-1])
        case Frac(_, denominator, True):
            return reaches_on(denominator)
        case Mul(parts):
            return reaches_on(parts[-1][1])
        case _:
            return False


def is_simple(node: Term) -> bool:
    """A factor that goes on with the argument of a function without brackets: a number, a name, an indexed name, a power of one, a root."""
    match node:
        case Num() | Const() | Index() | Root() | Dots():
            return not starts_with_bracket(node)
        case Name():
            return not is_function_word(node) and node.font != "text" and not (node.font == "rm" and len(node.text) > 1)
        case Pow(base, _) | Transpose(base):
            return is_simple(base) and not starts_with_bracket(base)
        case Call(function, arguments, bracket):
            if is_postfix(function):
                return is_simple(arguments[0])
            return bracket != "" and not starts_with_bracket(function) and not is_function_word(head_of(function))
        case _:
            return False


def head_of(function: Term) -> Term:
    """The name at the bottom of an applied ``f_i`` or ``sin^2``."""
    return head_of(function.base) if isinstance(function, Pow | Index) else function


def takes_without_brackets(function: Term, argument: Term) -> bool:
    """Whether ``function`` may be written before ``argument`` without brackets.

    The rule: a function word takes either one self-delimiting thing (a fraction, bars, a matrix, a call), or one big operator with all
    that belongs to it, or another function without brackets, or the longest run of juxtaposed simple factors (``is_simple``). So
    ``ln 2 pi`` is ln of the product; ``ln x ln y``, ``ln x (a + b)`` and ``ln x / 2`` are products and quotients of a logarithm.
    """
    if not is_function_word(head_of(function)) or starts_with_bracket(argument):
        return False
    match argument:
        case Mul(parts):
            first = parts[0][1]
            runs_on = is_simple(first) and not isinstance(first, Call)
            return runs_on and all(sign == "" and is_simple(factor) for sign, factor in parts[1:])
        case Frac(_, _, slash):
            return not slash
        case Bars() | Matrix() | Big() | Call() | Integral():
            return True
        case Deriv(_, _, _, style):
            return style == "fraction"
        case _:
            return is_simple(argument)


def carries_superscript(node: Term) -> bool:
    """Whether a superscript may be written at the term without brackets around it."""
    match node:
        case Name(_, _, _, _, label):
            return label == ""
        case Index(base, _):
            return not (isinstance(base, Name) and base.label) and not (isinstance(base, Group) and base.bracket == "[")
        case Call(function, _, bracket):
            return bracket != "" and function != Name("binom")
        case Marked(kind):
            return kind in ("box", "cancel", "colour")
        case Tuple(_, bracket):
            return bracket != ""
        case Num() | Const() | Group() | Bars() | Matrix() | Root():
            return True
        case _:
            return False


def carries_subscript(node: Term) -> bool:
    """Whether a subscript may be written at the term without brackets around it."""
    match node:
        case Call(function, _, bracket):
            return bracket != "" and function != Name("binom")
        case Name() | Num() | Group() | Matrix():
            return True
        case _:
            return False


def is_letter(node: Term) -> bool:
    """A name of one plain letter: two of them side by side in a subscript are two subscripts."""
    return isinstance(node, Name) and len(node.text) == 1 and node.text.isalpha() and node == Name(node.text)


def splits_as_subscripts(node: Term) -> bool:
    """Whether a subscript reads as several: ``x_{ij}``, ``a_{i1}``, ``a_{1j}``, ``a_{i(j+1)}``; but ``x_{2k}`` and ``x_{2(k+1)}`` are products."""
    if not isinstance(node, Mul) or any(sign for sign, _ in node.parts):
        return False
    factors = [factor for _, factor in node.parts]
    single = all(is_letter(f) or (isinstance(f, Num) and len(f.digits) == 1) or isinstance(f, Group) for f in factors)
    return single and any(is_letter(f) or f == Num("1") for f in factors) and (not isinstance(factors[0], Num) or factors[0] == Num("1"))
