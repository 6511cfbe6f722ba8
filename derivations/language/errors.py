"""What the program raises when its input is at fault."""

from __future__ import annotations


class DeriveError(ValueError):
    """Bad input: the message names what was being done, the value at fault and what would be accepted."""


class ParameterError(DeriveError):
    """One named field holds a value that is not accepted.

    Args:
        what: what was being done, for example ``"Conv1d"``.
        field: the name of the field, as the person wrote it.
        value: the value found there.
        accepted: what would have been accepted, as the end of a sentence.
    """

    def __init__(self, what: str, field: str, value: object, accepted: str) -> None:
        super().__init__(f"{what}: {field} = {value!r} is not accepted; it must be {accepted}")
        self.what = what
        self.field = field
        self.value = value
        self.accepted = accepted


class ContextError(DeriveError):
    """A name declared twice, or used as something that it is not."""


class ShapeError(DeriveError):
    """Arrays whose sizes do not fit."""


class MeaningError(DeriveError):
    """A term that has no meaning in its context (an undeclared name, a construct that the rules do not know)."""
