"""The elements of DocBook, JATS, TEI and Excel's old XML files, by what they are in a document."""

from typing import Literal

from docsight.documents.formats.content import Kind

Role = Literal[
    "section", "title", "paragraph", "line", "list", "item", "entry", "term", "table", "row", "cell", "footnote",
    "person", "marker", "link",
]  # fmt: skip

# The root elements of documents whose structure is known.
ARTICLE_ROOTS = frozenset(
    "article book set part chapter appendix preface section sect1 refentry reference glossary TEI TEI.2 teiCorpus "
    "Workbook".split()
)
TEI_ROOTS = frozenset(("TEI", "TEI.2", "teiCorpus"))

_NAMES: dict[Role, str] = {
    "section": (
        "article book set part chapter appendix preface section sect1 sect2 sect3 sect4 sect5 simplesect refentry "
        "reference refsect1 refsect2 refsect3 refsection bibliography glossary dedication colophon acknowledgements "
        "abstract qandaset qandadiv glossdiv bibliodiv sec app ack ref-list fn-group boxed-text bio "
        "div div1 div2 div3 div4 div5 div6 div7"
    ),
    "title": "title article-title head refname titlePart",
    "paragraph": (
        "para simpara p ab formalpara bridgehead attribution attrib lg sp opener closer postscript trailer docImprint "
        "aff corresp kwd-group verse-group disp-formula subtitle trans-title refpurpose byline cmdsynopsis releaseinfo "
        "blockquote disp-quote epigraph cit quote programlisting screen literallayout synopsis funcsynopsis "
        "preformat address caption figDesc question answer"
    ),
    "line": "l lb sbr break verse-line kwd speaker stage salute signed dateline addrLine addr-line affiliation",
    "list": (
        "itemizedlist orderedlist variablelist simplelist procedure substeps list def-list listBibl listPerson "
        "listPlace glosslist calloutlist"
    ),
    "item": "listitem list-item item member def-item varlistentry glossentry callout step",
    "entry": "ref biblioentry bibliomixed bibl biblStruct",
    "term": "term glossterm",
    "table": "table informaltable tgroup Table",
    "row": "row tr Row",
    "cell": "entry cell td th Cell",
    "footnote": "footnote fn",
    "person": "author editor othercredit personname contrib collab",
    "marker": "label",
    "link": "link ulink ext-link uri email xref olink",
}  # fmt: skip
ROLES: dict[str, Role] = {name: role for role, names in _NAMES.items() for name in names.split()}
# In TEI, these are parts of a sentence; notes are footnotes, and references are links.
TEI_ROLES: dict[str, Role | None] = {
    "title": None, "author": None, "editor": None, "label": None, "note": "footnote", "ref": "link", "ptr": "link",
}  # fmt: skip

PASSAGE_KINDS: dict[str, Kind] = {
    "blockquote": "quote", "disp-quote": "quote", "epigraph": "quote", "cit": "quote", "quote": "quote",
    "programlisting": "code", "screen": "code", "synopsis": "code", "funcsynopsis": "code", "cmdsynopsis": "code",
    "preformat": "code", "caption": "caption", "figDesc": "caption",
}  # fmt: skip
VERBATIM = frozenset("programlisting screen literallayout synopsis preformat address".split())
NUMBERED_LISTS = frozenset(("orderedlist", "procedure", "substeps"))
NUMBERED_TYPES = ("order", "ordered", "numbered", "alpha-lower", "alpha-upper", "roman-lower", "roman-upper")
ENTRIES_OF_TERMS = frozenset(("varlistentry", "def-item", "glossentry"))
LISTS_OF_ENTRIES = frozenset(("listBibl", "bibliography", "bibliodiv", "ref-list", "div", "back"))
# A title in one of these is its caption.
CAPTIONED = frozenset(
    "figure fig fig-group table informaltable table-wrap example equation caption note warning tip caution important "
    "sidebar procedure itemizedlist orderedlist variablelist list def-list formalpara".split()
)
PERSON_NAMES = frozenset(("name", "author", "editor", "personname", "persName"))
# Metadata for machines, parts that programs make, alternatives of what is shown, and deleted text.
LEFT_OUT = frozenset(
    "teiHeader journal-meta article-id permissions pub-date history counts custom-meta-group article-categories "
    "elocation-id volume issue fpage lpage self-uri contrib-id pub-id object-id issn funding-group indexterm "
    "keywordset subjectset legalnotice refmeta remark toc index biblioid revhistory tex-math annotation-xml graphic "
    "imagedata media pb cb milestone fw del facsimile standOff interpGrp colspec spanspec style script metadata "
    "DocumentProperties OfficeDocumentSettings ExcelWorkbook Styles WorksheetOptions".split()
)
LEFT_OUT_OF_REFERENCES = LEFT_OUT - {"volume", "issue", "fpage", "lpage"}
# Of two readings in a `choice`, these are the ones that the editors do not prefer.
REJECTED_READINGS = frozenset(("sic", "orig", "abbr"))

LINK_TARGETS = ("{http://www.w3.org/1999/xlink}href", "url", "target", "href")
ID_ATTRIBUTES = ("{http://www.w3.org/XML/1998/namespace}id", "id")
REFERENCES = ("linkend", "rid")
