"""What the verdicts of ``derive check`` mean and what to do about them: for ``derive explain``, for SARIF, and for the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from derivations.language.record import record


@record
class Explanation:
    """``means`` and ``next`` in words; ``example`` is a document in which there is such a verdict."""

    means: str
    next: str
    example: str


EXPLANATIONS: Final[Mapping[str, Explanation]] = {
    "proved": Explanation(
        "A rule proves the step for all values that the assumptions allow. There are values at which both sides are defined, and the same step with"
        " one side changed is not proved as well.",
        "Nothing.",
        r"Let $x > 0$. Then $\ln x^2 = 2 \ln x$.",
    ),
    "convention": Explanation(
        "The step is proved, with something that the text does not say and that the reader decided because people usually mean it so. It is printed"
        " beside the step.",
        "Say it, in the text (let $\\sigma(z) = \\frac{1}{1 + e^{-z}}$) or in a comment, and the step is proved. With --strict it is exit status 3 until then.",
        r"We have $\sigma(-z) = 1 - \sigma(z)$.",
    ),
    "sampled": Explanation(
        "The step held wherever it was tried, at generic points, and no rule proves it. It may still be wrong where it was not tried.",
        "Put a line between the two sides: shorter steps are proved more often. With --strict it is exit status 3.",
        "",
    ),
    "refuted": Explanation(
        "There are values that satisfy everything that was said and at which the step fails, whatever the text may mean. They are printed, with what"
        " the verdict rests on.",
        "Look at the two sides at these values; a hint in brackets names the likely slip. If an assumption is missing, say it (for $x > 0$).",
        r"Let $x > 0$. Then $\ln(x + 1) = \ln x + 1$.",
    ),
    "undecided": Explanation(
        "The step is neither proved nor refuted: no rule reaches it, or what fails in it could be what the text does not say.",
        "The question that is printed with it says what would decide it, and the % derive: line that says so.",
        r"Therefore $f(x + y) = f(x) + f(y)$.",
    ),
    "given": Explanation(
        "The formula introduces a name, or words put it as an assumption. It is counted and claims nothing; --verbose lists it.",
        "If it was meant as a claim, do not introduce it with let, assume or define.",
        r"Let $s = 1 + x^2$.",
    ),
    "unread": Explanation(
        "The formula could not be read, or it is not certain what it shows. It is not counted as checked.",
        "The message says where reading ended. Writing the formula with common commands helps; % derive: ignore leaves it out.",
        r"Then $x = 1 + + = 2$.",
    ),
    "ignored": Explanation(
        "A % derive: ignore comment, or exclude in a configuration, leaves it out. It proves nothing and refutes nothing.",
        "Take the comment out to have it checked.",
        "",
    ),
}
"""By the words that reports use; in SARIF they are rules (derive/refuted)."""
