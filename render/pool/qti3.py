"""The same package as QTI 3.0: its items and tests say what those of 2.1 do, with other names, so they are made of them.

In 3.0 an element of QTI has the name ``qti-`` and its old one with hyphens, attributes have hyphens, and what is shown beside an item is a content body.
Elements of HTML and MathML stay as they are. Reference: 1EdTech QTI 3.0, "Assessment, Section and Item Information Model"; its migration guide.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final
from xml.etree import ElementTree

from render.pool.qti import HEAD, PACKAGE, QTI, THEN, XSI

_QTI3: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_PACKAGE3: Final = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_MATHML: Final = "http://www.w3.org/1998/Math/MathML"
_WHERE: Final = {
    _QTI3: "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    _PACKAGE3: "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
}
_SPOKEN: Final = frozenset((
    "assessmentItem", "assessmentTest", "testPart", "assessmentSection", "selection", "assessmentItemRef", "outcomeDeclaration", "responseDeclaration",
    "defaultValue", "correctResponse", "value", "itemBody", "textEntryInteraction", "choiceInteraction", "simpleChoice", "prompt",
    "extendedTextInteraction", "rubricBlock", "modalFeedback", "responseProcessing", "responseCondition", "responseIf", "responseElseIf", "responseElse",
    "match", "equal", "variable", "baseValue", "multiple", "setOutcomeValue",
))  # fmt: skip
"""The elements of QTI that our items have; others in its namespace are HTML."""
_BODIES: Final = ("qti-modal-feedback", "qti-rubric-block")
_LOCATION: Final = f"{{{XSI}}}schemaLocation"


def qti3(package: bytes) -> bytes:
    """A package of QTI 2.1 that ``render.pool.qti`` made, as one of QTI 3.0."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = _spelled(before.read(name).decode("utf-8"))
            after.writestr(zipfile.ZipInfo(name, THEN), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _spelled(text: str) -> str:
    root = ElementTree.fromstring(text)
    for element in root.iter():
        space, _, name = element.tag[1:].partition("}")
        if space == PACKAGE:
            _manifest(element, name)
        elif space == QTI:
            _element(element, name)
    own = root.tag[1:].partition("}")[0]
    root.set(_LOCATION, f"{own} {_WHERE[own]}")
    for prefix, namespace in (("", own), ("m", _MATHML), ("xsi", XSI)):
        ElementTree.register_namespace(prefix, namespace)
    return HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def _manifest(element: ElementTree.Element, name: str) -> None:
    element.tag = f"{{{_PACKAGE3}}}{name}"
    if name == "schema":
        element.text = "QTI Package"
    elif name == "schemaversion":
        element.text = "3.0.0"
    elif name == "resource":
        element.set("type", str(element.get("type")).replace("v2p1", "v3p0"))


def _element(element: ElementTree.Element, name: str) -> None:
    if name not in _SPOKEN:
        element.tag = f"{{{_QTI3}}}{name}"
        return
    hyphened = f"qti-{_hyphened(name)}"
    element.tag = f"{{{_QTI3}}}{hyphened}"
    for attribute in [one for one in element.attrib if not one.startswith("{")]:
        element.set(_hyphened(attribute), element.attrib.pop(attribute))
    if hyphened == "qti-rubric-block":
        element.set("use", "scoring")
    if hyphened in _BODIES:
        body = ElementTree.Element(f"{{{QTI}}}contentBody")
        body.text, body[:] = element.text, list(element)
        body.tag = f"{{{_QTI3}}}qti-content-body"
        element.text, element[:] = None, [body]


def _hyphened(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
