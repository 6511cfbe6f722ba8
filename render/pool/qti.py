"""Question pools as a package of QTI 2.1, which Canvas, Blackboard, OpenOlat and others import: an item for each question, and a test with a section for
each problem, from which one variant is drawn.

Formulas to be typed are no part of QTI; where an answer is one it is chosen among wrong ones, or written and marked by a person.

Reference: IMS Question and Test Interoperability 2.1, "Assessment Test, Section, and Item Information Model"; IMS Content Packaging 1.1.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

from derivations.language.term import Relation
from render.messages import Messages
from render.notation.style import Style
from render.pool.markup import Markup, for_mathml, quoted
from render.pool.questions import PoolQuestion, decimal_text, told

QTI: Final = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE: Final = "http://www.imsglobal.org/xsd/imscp_v1p1"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
THEN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of all files in the package: the same questions give the same bytes."""


def qti(title: str, identifier: str, questions: Sequence[PoolQuestion], style: Style, messages: Messages) -> bytes:
    """The package of a pool. What it asks is a number, a choice or an essay."""
    writer = _Writer(for_mathml(style), messages)
    contents = {f"items/{question.identifier}.xml": writer.item(question) for question in questions}
    contents["test.xml"] = _test(title, identifier, questions)
    contents = {"imsmanifest.xml": _manifest(identifier, questions), **contents}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in contents.items():
            package.writestr(zipfile.ZipInfo(name, THEN), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _located(*pairs: str) -> str:
    return f'xmlns:xsi="{XSI}" xsi:schemaLocation="{" ".join(pairs)}"'


def _manifest(identifier: str, questions: Sequence[PoolQuestion]) -> str:
    items = "".join(
        f'<resource identifier="{quoted(q.identifier)}" type="imsqti_item_xmlv2p1" href="items/{quoted(q.identifier)}.xml">'
        f'<file href="items/{quoted(q.identifier)}.xml"/></resource>\n'
        for q in questions
    )
    needed = "".join(f'<dependency identifierref="{quoted(q.identifier)}"/>' for q in questions)
    return (
        f'{HEAD}<manifest xmlns="{PACKAGE}" {_located(PACKAGE, f"{PACKAGE}.xsd")} identifier="manifest-{quoted(identifier)}">\n'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>\n<organizations/>\n<resources>\n"
        f'<resource identifier="test-{quoted(identifier)}" type="imsqti_test_xmlv2p1" href="test.xml"><file href="test.xml"/>{needed}</resource>\n'
        f"{items}</resources>\n</manifest>\n"
    )


def _test(title: str, identifier: str, questions: Sequence[PoolQuestion]) -> str:
    """A section for each problem. Of its variants one is drawn; what a problem asks in several questions is asked in all of them."""
    sections: dict[str, list[PoolQuestion]] = {}
    for question in questions:
        sections.setdefault(question.name, []).append(question)
    found = []
    for number, (name, variants) in enumerate(sections.items(), 1):
        drawn = '<selection select="1"/>\n' if len(variants) > 1 else ""
        items = "".join(f'<assessmentItemRef identifier="{quoted(q.identifier)}" href="items/{quoted(q.identifier)}.xml"/>\n' for q in variants)
        found.append(f'<assessmentSection identifier="section-{number}" title="{quoted(name)}" visible="true">\n{drawn}{items}</assessmentSection>\n')
    return (
        f'{HEAD}<assessmentTest xmlns="{QTI}" {_located(QTI, "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd")} '
        f'identifier="test-{quoted(identifier)}" title="{quoted(title)}">\n'
        f'<testPart identifier="part-1" navigationMode="nonlinear" submissionMode="individual">\n{"".join(found)}</testPart>\n</assessmentTest>\n'
    )


class _Writer:
    def __init__(self, markup: Markup, messages: Messages) -> None:
        self.markup, self.messages = markup, messages

    def item(self, question: PoolQuestion) -> str:
        write = {"number": self.number, "choice": self.choice}.get(question.kind, self.essay)
        return (
            f'{HEAD}<assessmentItem xmlns="{QTI}" {_located(QTI, "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd")}\n'
            f'identifier="{quoted(question.identifier)}" title="{quoted(question.name)}" adaptive="false" timeDependent="false">\n'
            f"{''.join(write(question))}</assessmentItem>\n"
        )

    def outcomes(self, question: PoolQuestion) -> str:
        worth = decimal_text(question.marks)
        return (
            '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><defaultValue><value>0</value></defaultValue></outcomeDeclaration>\n'
            f'<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue><value>{worth}</value></defaultValue>'
            "</outcomeDeclaration>\n"
            '<outcomeDeclaration identifier="FEEDBACK" cardinality="multiple" baseType="identifier"/>\n'
        )

    def body(self, question: PoolQuestion, interaction: str) -> str:
        """The question, how it is answered, and the place for that."""
        lead = self.markup.inlines(told(question, self.messages))
        left = f"<p>{self.markup.formula(question.left, False)} = ? {lead}</p>" if question.kind == "number" and question.left is not None else ""
        return f"<itemBody>\n{self.markup.blocks(question.asked)}{left}{interaction}</itemBody>\n"

    def feedback(self, replies: Sequence[tuple[str, str]], question: PoolQuestion) -> str:
        """Replies by their identifiers, and the solution."""
        solution = f"<p><strong>{self.markup.words(self.messages.pool['solution'])}</strong></p>{self.markup.blocks(question.feedback)}"
        return "".join(
            f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{inside}</modalFeedback>\n'
            for name, inside in (*replies, ("solution", solution))
        )

    def said(self, name: str) -> str:
        return f"<p>{self.markup.words(self.messages.pool[name])}</p>"

    def number(self, question: PoolQuestion) -> Iterator[str]:
        """A number: compared with ours, then with those of known wrong answers."""
        if question.number is None:
            return
        value = decimal_text(question.number)
        wrong = [w for w in question.wrong if w.number is not None]
        yield f'<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="float"><correctResponse><value>{value}</value></correctResponse>'
        yield f"</responseDeclaration>\n{self.outcomes(question)}"
        yield self.body(question, '<p><textEntryInteraction responseIdentifier="RESPONSE" expectedLength="15"/></p>\n')
        compared = [(_equal(value, question), _score(question) + _reply("right")), *(
            (_equal(decimal_text(w.number), question), _reply(f"wrong-{k}")) for k, w in enumerate(wrong, 1) if w.number is not None
        )]  # fmt: skip
        yield _processed(compared, _reply("wrong"))
        replies = [("right", self.said("correct")), ("wrong", self.said("wrong"))]
        yield self.feedback([*replies, *((f"wrong-{k}", f"<p>{self.markup.inlines(w.why)}</p>") for k, w in enumerate(wrong, 1))], question)

    def choice(self, question: PoolQuestion) -> Iterator[str]:
        if question.left is None or question.right is None:
            return
        options = [("right", question.right, self.said("correct"))]
        options += [(f"wrong-{k}", w.formula, f"<p>{self.markup.inlines(w.why)}</p>") for k, w in enumerate(question.wrong, 1)]
        yield '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>right</value></correctResponse>'
        yield f"</responseDeclaration>\n{self.outcomes(question)}"
        lead = self.markup.inlines(told(question, self.messages))
        shown = "".join(
            f'<simpleChoice identifier="{name}">{self.markup.formula(Relation((question.left, formula), ("=",)), False)}</simpleChoice>\n'
            for name, formula, _ in options
        )
        prompt = f"<prompt>{lead}</prompt>\n" if lead else ""
        whole = f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">\n{prompt}{shown}</choiceInteraction>\n'
        yield f"<itemBody>\n{self.markup.blocks(question.asked)}{whole}</itemBody>\n"
        given = '<variable identifier="RESPONSE"/>'
        cases = [(f'<match>{given}<baseValue baseType="identifier">{name}</baseValue></match>', (_score(question) if k == 0 else "") + _reply(name))
                 for k, (name, _, _) in enumerate(options)]  # fmt: skip
        yield _processed(cases, "")
        yield self.feedback([(name, reply) for name, _, reply in options], question)

    def essay(self, question: PoolQuestion) -> Iterator[str]:
        yield f'<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"/>\n{self.outcomes(question)}'
        marked = f'<rubricBlock view="scorer"><div>{self.markup.blocks(question.feedback)}</div></rubricBlock>\n'
        place = '<extendedTextInteraction responseIdentifier="RESPONSE" expectedLines="15"/>\n'
        yield f"<itemBody>\n{self.markup.blocks(question.asked)}{marked}{place}</itemBody>\n"


def _equal(value: str, question: PoolQuestion) -> str:
    off = decimal_text(question.tolerance)
    how = f'toleranceMode="absolute" tolerance="{off} {off}"' if question.tolerance else 'toleranceMode="exact"'
    return f'<equal {how}><variable identifier="RESPONSE"/><baseValue baseType="float">{value}</baseValue></equal>'


def _score(question: PoolQuestion) -> str:
    return f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{decimal_text(question.marks)}</baseValue></setOutcomeValue>'


def _reply(name: str) -> str:
    both = "".join(f'<baseValue baseType="identifier">{one}</baseValue>' for one in (name, "solution"))
    return f'<setOutcomeValue identifier="FEEDBACK"><multiple>{both}</multiple></setOutcomeValue>'


def _processed(cases: Sequence[tuple[str, str]], otherwise: str) -> str:
    """What follows from the answer: the first case that it is."""
    found = []
    for number, (condition, then) in enumerate(cases):
        tag = "responseElseIf" if number else "responseIf"
        found.append(f"<{tag}>{condition}{then}</{tag}>\n")
    last = f"<responseElse>{otherwise}</responseElse>\n" if otherwise else ""
    return f"<responseProcessing>\n<responseCondition>\n{''.join(found)}{last}</responseCondition>\n</responseProcessing>\n"
