"""Question pools in Moodle's XML: a category for each problem, so that a quiz draws a variant of each; formulas as questions of the plugin STACK.

Reference: Moodle documentation, "Moodle XML format"; STACK documentation, "Import and export".
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from derivations.language.term import Relation, Term
from render.messages import Messages
from render.notation.style import Style
from render.pool.markup import Markup, for_mathjax, quoted
from render.pool.questions import PoolQuestion, decimal_text, told

_TYPES: Final = {"number": "numerical", "formula": "stack", "choice": "multichoice", "essay": "essay"}
_BOX: Final = (15, 80)
"""The least and the most columns of a place for a formula."""


def moodle(title: str, questions: Sequence[PoolQuestion], style: Style, messages: Messages) -> str:
    """The file of a pool."""
    writer = _Writer(for_mathjax(style), messages)
    found = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            found.append(_category(title, category))
        found.append(writer.question(question))
    return "".join([*found, "</quiz>\n"])


def _category(*names: str) -> str:
    """A category below that of the course; a slash in a name is written twice."""
    path = "/".join(name.replace("/", "//") for name in ("$course$", "top", *names))
    return f'<question type="category"><category><text>{quoted(path)}</text></category></question>\n'


def _text(tag: str, html: str, attributes: str = ' format="html"') -> str:
    """An element that holds a text; what is HTML in it is words for XML."""
    return f"<{tag}{attributes}><text>{quoted(html)}</text></{tag}>\n"


class _Writer:
    def __init__(self, markup: Markup, messages: Messages) -> None:
        self.markup, self.messages = markup, messages
        self.replies = messages.pool

    def question(self, question: PoolQuestion) -> str:
        asked = self.asked(question)
        head = (
            f'<question type="{_TYPES[question.kind]}">\n'
            f"<name><text>{quoted(question.name)}</text></name>\n"
            f"{_text('questiontext', asked)}{_text('generalfeedback', self.markup.blocks(question.feedback))}"
            f"<defaultgrade>{decimal_text(question.marks)}</defaultgrade>\n<penalty>0.3333333</penalty>\n<hidden>0</hidden>\n"
            f"<idnumber>{quoted(question.identifier)}</idnumber>\n"
        )
        body = {"number": self.number, "formula": self.formula, "choice": self.choice, "essay": self.essay}[question.kind](question)
        return f"{head}{body}</question>\n"

    def asked(self, question: PoolQuestion) -> str:
        """The question, what its answer is called, and how it is to be written."""
        found = self.markup.blocks(question.asked)
        lead = self.markup.inlines(told(question, self.messages))
        left = "" if question.left is None else self.markup.formula(question.left, False)
        if question.kind == "formula":
            return f"{found}<p>{lead}</p><p>{left} = [[input:ans1]]</p><div>[[validation:ans1]]</div>"
        if question.kind == "number":
            return f"{found}<p>{left} = ? {lead}</p>"
        return found + (f"<p>{lead}</p>" if lead else "")

    def reply(self, name: str) -> str:
        return f"<p>{self.markup.words(self.replies[name])}</p>"

    # -- kinds -----------------------------------------------------------------------------------------------------------------------------

    def number(self, question: PoolQuestion) -> str:
        def answer(value: Fraction, fraction: int, feedback: str) -> str:
            tolerance = f"<tolerance>{decimal_text(question.tolerance)}</tolerance>"
            inside = f"<text>{decimal_text(value)}</text>\n{_text('feedback', feedback)}{tolerance}"
            return f'<answer fraction="{fraction}" format="moodle_auto_format">{inside}</answer>\n'

        found = [answer(question.number, 100, self.reply("correct"))] if question.number is not None else []
        found += [answer(w.number, 0, f"<p>{self.markup.inlines(w.why)}</p>") for w in question.wrong if w.number is not None]
        units = "<unitgradingtype>0</unitgradingtype>\n<unitpenalty>0.1</unitpenalty>\n<showunits>3</showunits>\n<unitsleft>0</unitsleft>\n"
        return "".join(found) + units

    def choice(self, question: PoolQuestion) -> str:
        def answer(formula: str, fraction: int, feedback: str) -> str:
            return f'<answer fraction="{fraction}" format="html"><text>{quoted(formula)}</text>\n{_text("feedback", feedback)}</answer>\n'

        right, left = question.right, question.left
        if right is None or left is None:
            return ""
        options = [answer(self.equation(left, right), 100, self.reply("correct"))]
        options += [answer(self.equation(left, wrong.formula), 0, f"<p>{self.markup.inlines(wrong.why)}</p>") for wrong in question.wrong]
        replies = "".join(
            _text(f"{tag}feedback", self.reply(name)) for tag, name in (("correct", "correct"), ("partiallycorrect", "partly"), ("incorrect", "wrong"))
        )
        settings = "<single>true</single>\n<shuffleanswers>true</shuffleanswers>\n<answernumbering>abc</answernumbering>\n"
        return f"{settings}{replies}{''.join(options)}"

    def equation(self, left: Term, right: Term) -> str:
        return self.markup.formula(Relation((left, right), ("=",)), False)

    def essay(self, question: PoolQuestion) -> str:
        return (
            "<responseformat>editor</responseformat>\n<responserequired>1</responserequired>\n<responsefieldlines>15</responsefieldlines>\n"
            f"<attachments>0</attachments>\n<attachmentsrequired>0</attachmentsrequired>\n{_text('graderinfo', self.markup.blocks(question.feedback))}"
            f"{_text('responsetemplate', '')}"
        )

    def formula(self, question: PoolQuestion) -> str:
        """A question of STACK: the answer is compared with ours up to algebra, then with each wrong one, which has its own reply; with its tests."""
        width = max(_BOX[0], min(_BOX[1], 2 * len(question.formula)))
        expressions = [question.formula, *(wrong.maxima for wrong in question.wrong)]
        replies = [self.reply("correct"), *(f"<p>{self.markup.inlines(wrong.why)}</p>" for wrong in question.wrong)]
        nodes = "".join(_node(k, expression, replies[k], len(expressions)) for k, expression in enumerate(expressions))
        tests = "".join(_test(k, expression) for k, expression in enumerate(expressions))
        return (
            "<stackversion><text></text></stackversion>\n<questionvariables><text></text></questionvariables>\n"
            f"{_text('specificfeedback', '<p>[[feedback:prt1]]</p>')}<questionnote><text></text></questionnote>\n"
            "<questionsimplify>1</questionsimplify>\n<assumepositive>0</assumepositive>\n<assumereal>0</assumereal>\n"
            f"{_text('prtcorrect', self.reply('correct'))}{_text('prtpartiallycorrect', self.reply('partly'))}{_text('prtincorrect', self.reply('wrong'))}"
            "<multiplicationsign>dot</multiplicationsign>\n<sqrtsign>1</sqrtsign>\n<complexno>i</complexno>\n<inversetrig>cos-1</inversetrig>\n"
            "<logicsymbol>lang</logicsymbol>\n<matrixparens>[</matrixparens>\n<variantsselectionseed></variantsselectionseed>\n"
            f"<input>\n<name>ans1</name>\n<type>algebraic</type>\n<tans>{quoted(question.formula)}</tans>\n<boxsize>{width}</boxsize>\n"
            "<strictsyntax>1</strictsyntax>\n<insertstars>0</insertstars>\n<syntaxhint></syntaxhint>\n<syntaxattribute>0</syntaxattribute>\n"
            "<forbidwords></forbidwords>\n<allowwords></allowwords>\n<forbidfloat>1</forbidfloat>\n<requirelowestterms>0</requirelowestterms>\n"
            "<checkanswertype>0</checkanswertype>\n<mustverify>1</mustverify>\n<showvalidation>1</showvalidation>\n<options></options>\n</input>\n"
            "<prt>\n<name>prt1</name>\n<value>1.0000000</value>\n<autosimplify>1</autosimplify>\n<feedbackstyle>1</feedbackstyle>\n"
            f"<feedbackvariables><text></text></feedbackvariables>\n{nodes}</prt>\n{tests}"
        )


def _node(number: int, expression: str, reply: str, count: int) -> str:
    """Node 0 asks whether the answer is right, the others whether it is a known wrong one; each hands on what it does not know."""
    right = number == 0
    onward = number + 1 if number + 1 < count else -1
    return (
        f"<node>\n<name>{number}</name>\n<description></description>\n<answertest>AlgEquiv</answertest>\n<sans>ans1</sans>\n<tans>{quoted(expression)}</tans>\n"
        f"<testoptions></testoptions>\n<quiet>1</quiet>\n<truescoremode>=</truescoremode>\n<truescore>{1 if right else 0}</truescore>\n"
        f"<truepenalty></truepenalty>\n<truenextnode>-1</truenextnode>\n<trueanswernote>prt1-{number + 1}-T</trueanswernote>\n"
        f"{_text('truefeedback', '' if right else reply)}<falsescoremode>=</falsescoremode>\n<falsescore>0</falsescore>\n<falsepenalty></falsepenalty>\n"
        f"<falsenextnode>{onward}</falsenextnode>\n<falseanswernote>prt1-{number + 1}-F</falseanswernote>\n{_text('falsefeedback', '')}</node>\n"
    )


def _test(number: int, expression: str) -> str:
    """A test that STACK runs: this answer comes to this node."""
    score, penalty = (1, 0) if number == 0 else (0, "0.3333333")
    return (
        f"<qtest>\n<testcase>{number + 1}</testcase>\n<testinput>\n<name>ans1</name>\n<value>{quoted(expression)}</value>\n</testinput>\n"
        f"<expected>\n<name>prt1</name>\n"
        f"<expectedscore>{score}</expectedscore>\n<expectedpenalty>{penalty}</expectedpenalty>\n"
        f"<expectedanswernote>prt1-{number + 1}-T</expectedanswernote>\n</expected>\n</qtest>\n"
    )
