"""How a reader wants a sheet: which edition, how much detail, in which words, notation and look. One value that every writer is given."""

from __future__ import annotations

from enum import Enum

from derivations.language.record import record
from derivations.problem import DEPTHS, Depth
from render.look import PLAIN_LOOK, Look
from render.messages import ENGLISH, Messages
from render.notation.style import Style
from render.profiles import PLAIN_PROFILE, Profile


class Edition(Enum):
    """What of a problem is printed."""

    QUESTIONS = "questions"
    HINTS = "hints"
    SOLUTIONS = "solutions"
    STAFF = "staff"

    @property
    def solved(self) -> bool:
        """Whether it shows solutions."""
        return self in (Edition.SOLUTIONS, Edition.STAFF)

    @property
    def suffix(self) -> str:
        """What is added to the name of a file: nothing for solutions."""
        return "" if self is Edition.SOLUTIONS else f"-{self.value}"


class Detail(Enum):
    """How much of a solution is printed: its key steps; what answers the question; all that was proved."""

    KEY = "key"
    NORMAL = "normal"
    FULL = "full"

    def prints(self, depth: Depth) -> bool:
        """Whether what begins at a depth is printed."""
        return DEPTHS.index(depth) <= DEPTHS.index(self.value)


@record
class Printing:
    """A whole choice."""

    edition: Edition = Edition.SOLUTIONS
    detail: Detail = Detail.NORMAL
    messages: Messages = ENGLISH
    profile: Profile = PLAIN_PROFILE
    look: Look = PLAIN_LOOK
    ruled: bool = True
    """Whether the room that questions leave has lines to write on."""
    boxed: bool = False
    """Whether the questions have boxes, at the same places for everybody."""

    @property
    def style(self) -> Style:
        """How numbers and cases are written. Names are changed in the document itself, because they depend on the problem."""
        return self.profile.style(self.messages)


PLAIN_PRINTING = Printing()
