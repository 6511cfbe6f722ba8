"""All words of a sheet that do not come from its problems.

Another language is another value of ``Messages`` in a file of its own, and a row in ``LANGUAGES``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType

from derivations.kernel.statement import Because
from derivations.kernel.verdict import Evidence, Strength
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import transform
from derivations.language.term import Name, Term
from derivations.parameters import nearest
from derivations.problem import Words
from render.saying import said


@record
class Messages:
    """Words by their use. Fields with braces are filled by ``str.format``; pairs are for one and for several.

    ``said`` holds the sentences of the problems, see ``render.saying``, ``names`` the words that stand in formulas.
    ``decimal`` is the decimal mark of the language, ``slips`` names the wrong turns of ``derivations.mutation``.
    """

    language: str
    decimal: str
    when: str
    otherwise: str
    problem: str
    answer: str
    convention: str
    assumptions: str
    symbols: str
    where: str
    here: str
    only_in: str
    lemma: str
    ledger_head: tuple[str, str, str]
    appendix: str
    appendix_lead: str
    appendix_head: tuple[str, ...]
    appendix_overall: str
    assumed: str
    no_assumptions: str
    versions: str
    trusted: str
    legend: str
    strengths: Mapping[Strength, str]
    meanings: Mapping[Strength, str]
    kinds: Mapping[str, tuple[str, str]]  # for one name, for several
    properties: Mapping[str, str]
    editions: Mapping[str, str]
    plan: str
    marks: tuple[str, str]
    marking: str
    wrong: str
    wrong_at: str
    wrong_always: str
    wrong_sides: tuple[str, str, str]
    slips: Mapping[str, str]
    said: Mapping[str, str]
    names: Mapping[str, str]
    blanks: Mapping[str, str]  # what is filled in by hand
    contents: str
    variant: str
    key: str
    pool: Mapping[str, str]
    copy: str  # a button of the page
    copied: str

    def known(self, evidence: Evidence) -> str:
        """``proved``, ``sampled(24)``: how something is known, in a word."""
        word = self.strengths[evidence.strength]
        return f"{word}({evidence.count})" if evidence.strength is Strength.SAMPLED else word

    def say(self, words: Words | Because) -> Words:
        """Words of a problem in this language."""
        return said(words, self.said)

    def term(self, term: Term) -> Term:
        """A formula with the names that are words in this language."""
        return transform(term, self._named) if self.names else term

    def _named(self, node: Term) -> Term:
        return replace(node, text=self.names[node.text]) if isinstance(node, Name) and node.font == "text" and node.text in self.names else node

    def marked(self, marks: str) -> str:
        """``1 mark``, ``2.5 marks``."""
        return self.marks[marks != "1"].format(marks=marks)


LANGUAGES: Mapping[str, tuple[str, str]] = MappingProxyType({"en": ("render.messages", "ENGLISH"), "de": ("render.messages_german", "GERMAN")})
"""Where the words of each language are; the file of one is read when it is asked for."""


def messages(language: str) -> Messages:
    """The words in a language. Raises DeriveError with the languages that there are."""
    if language not in LANGUAGES:
        raise DeriveError(f"language = {language!r} is not accepted{nearest(language, LANGUAGES)}; it must be one of {', '.join(LANGUAGES)}")
    module, name = LANGUAGES[language]
    found: Messages = getattr(import_module(module), name)
    return found


ENGLISH = Messages(
    language="en",
    decimal=".",
    when="if",
    otherwise="otherwise",
    problem="Problem {number}",
    answer="Answer",
    convention="Convention: ",
    assumptions="Throughout:",
    symbols="Symbols: ",
    where="where ",
    here="Here ",
    only_in="in “{theorem}”, ",
    lemma="Lemma. ",
    ledger_head=("Part", "How many", "Count"),
    appendix="How each result is known",
    appendix_lead=(
        "Every line above was checked by machine before it was printed; nothing was printed that was not accepted. "
        "A result is as certain as its weakest step."
    ),
    appendix_head=("Problem", "Steps"),
    appendix_overall="Result",
    assumed="What each result assumes:",
    no_assumptions="nothing; there are only numbers in it.",
    versions="Made with {versions}.",
    trusted="Taken for granted in reading this solution:",
    legend="The marks beside the lines:",
    strengths=MappingProxyType(
        {
            Strength.CERTIFIED: "certified",
            Strength.PROVED: "proved",
            Strength.EXHAUSTED: "exhausted",
            Strength.CONVENTION: "proved under a convention",
            Strength.SAMPLED: "sampled",
            Strength.ASSUMED: "assumed",
        }
    ),
    meanings=MappingProxyType(
        {
            Strength.CERTIFIED: "certified by an independent proof checker",
            Strength.PROVED: "proved for all values that the assumptions allow",
            Strength.EXHAUSTED: "checked for every value of a finite range",
            Strength.CONVENTION: "proved under a convention that the text does not state",
            Strength.SAMPLED: "tried on samples only",
            Strength.ASSUMED: "assumed",
        }
    ),
    kinds=MappingProxyType(
        {
            "real": ("a real number", "real numbers"),
            "positive": ("a positive real number", "positive real numbers"),
            "nonnegative": ("a real number at least zero", "real numbers at least zero"),
            "negative": ("a negative real number", "negative real numbers"),
            "nonzero": ("a real number other than zero", "real numbers other than zero"),
            "in (0, 1)": ("a real number strictly between 0 and 1", "real numbers strictly between 0 and 1"),
            "in [0, 1]": ("a real number from 0 to 1", "real numbers from 0 to 1"),
            "integer": ("an integer", "integers"),
            "natural": ("an integer at least 1", "integers at least 1"),
            "whole": ("an integer at least 0", "integers at least 0"),
            "complex": ("a complex number", "complex numbers"),
            "sequence": ("a sequence of ", "sequences of "),
            "array": ("an array of ", "arrays of "),
            "family": ("a numbered family of ", "numbered families of "),
            "vector": ("a real vector of length ", "real vectors of length "),
            "ones": ("the vector of ones of length ", "vectors of ones of length "),
            "matrix": ("a real matrix of size ", "real matrices of size "),
            "permutation": ("a permutation matrix of size ", "permutation matrices of size "),
            "identity": ("the identity matrix of size ", "identity matrices of size "),
            "zero": ("the zero matrix of size ", "zero matrices of size "),
            "function": ("a smooth function of one real variable", "smooth functions of one real variable"),
            "functions": ("a smooth function of several real variables", "smooth functions of several real variables"),
            "loss": ("a smooth function of ", "smooth functions of "),
            "signal": ("a function on the integers", "functions on the integers"),
            "array_map": ("a function of arrays", "functions of arrays"),
            "softmax_columns": ("the softmax along each column", "softmax along each column"),
            "softmax_rows": ("the softmax along each row", "softmax along each row"),
            "random": ("a random variable", "random variables"),
            "law": (", distributed as ", ", distributed as "),
            "set": ("a finite set of integers", "finite sets of integers"),
            "is": (" is ", " are "),
        }
    ),
    properties=MappingProxyType(
        {
            "permutation": "which permutes the indices",
            "orthogonal": "orthogonal",
            "symmetric": "symmetric",
            "positive_definite": "positive definite",
            "positive_semidefinite": "positive semidefinite",
            "of_vectors": "of vectors, with numbers as values",
            "invertible": "invertible",
            "diagonal": "diagonal",
            "one_hot": "with a single entry 1 in each column",
            "stochastic": "with entries at least 0 that sum to 1 in each column",
            "increasing": "increasing",
            "decreasing": "decreasing",
            "convex": "convex",
            "concave": "concave",
            "positive": "positive",
            "finite_support": "zero outside a finite range",
            "density": "a probability density",
        }
    ),
    editions=MappingProxyType({"questions": "Questions", "hints": "Hints", "solutions": "", "staff": "Staff edition: not for students"}),
    plan="Plan",
    marks=("{marks} mark", "{marks} marks"),
    marking="Marks: {method} for the method, {steps} for the steps, {answer} for the answer.",
    wrong="Common wrong answers",
    wrong_at="It fails at ",
    wrong_always="It fails",
    wrong_sides=(": the left side is ", ", the right side ", "."),
    slips=MappingProxyType({}),  # their own names are English
    said=MappingProxyType({}),  # so are the words of the problems
    names=MappingProxyType({}),
    blanks=MappingProxyType({"name": "Name", "id": "ID", "points": "Points"}),
    contents="Contents",
    variant="Variant {number}",
    key="answers",
    pool=MappingProxyType(
        {
            "places": "Give a decimal number, rounded to {places} places.",
            "names": "Give a formula in {names}.",
            "choose": "Which is right?",
            "correct": "That is right.",
            "wrong": "That is not right.",
            "partly": "That is partly right.",
            "solution": "Solution",
        }
    ),
    copy="Copy LaTeX",
    copied="Copied",
)
