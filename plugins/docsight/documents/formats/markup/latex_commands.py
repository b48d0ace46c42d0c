"""The commands and environments of LaTeX that a reader knows."""

import re
import unicodedata

SECTIONS = {
    "part": 0,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
# fmt: off
LETTER_COMMANDS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "\u0131", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
    "NG": "Ŋ",
}
SIGNS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "S": "§", "P": "¶", "copyright": "©", "textcopyright": "©",
    "textregistered": "®", "texttrademark": "™", "pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€",
    "EUR": "€", "textdegree": "°", "degree": "°", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textless": "<", "textgreater": ">", "textbar": "|", "textunderscore": "_", "textbraceleft": "{",
    "textbraceright": "}", "textbullet": "•", "textendash": "\u2013", "textemdash": "—", "textquotedblleft": "“",
    "textquotedblright": "”", "textquoteleft": "\u2018", "textquoteright": "\u2019", "quotedblbase": "„", "glqq": "„",
    "grqq": "“", "flqq": "«", "frqq": "»", "guillemotleft": "«", "guillemotright": "»", "og": "«", "fg": "»",
    "dag": "†", "ddag": "‡", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2e", "TeX": "TeX", "BibTeX": "BibTeX",
    "textnumero": "№", "slash": "/", "quad": " ", "qquad": " ", "enspace": " ", "thinspace": " ", "space": " ",
    "nobreakspace": " ", "hfill": " ", "newline": "\n", "linebreak": "\n", "tab": " ", "tabularnewline": "\n",
    "textperiodcentered": "·", "textmu": "µ", "textquotesingle": "'", "textquotedbl": '"',
    "lq": "\u2018", "rq": "\u2019",
}
ESCAPES = {
    "%": "%", "&": "&", "_": "_", "#": "#", "$": "$", "{": "{", "}": "}", " ": " ", "\n": " ", "\t": " ", ",": " ",
    ";": " ", ":": " ", ">": " ", "!": "", "/": "", "-": "", "@": "", "*": "", "+": "", "|": "", "<": "",
}
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331", "t": "\u0361",
}
PARAGRAPHS = frozenset((
    "opening", "closing", "encl", "cc", "ps", "epigraph", "dedication", "keywords", "abstract",
    "centerline", "leftline", "rightline",
))
QUESTIONS = frozenset(("question", "choice", "CorrectChoice", "subpart", "titledquestion"))
DEFINITIONS = frozenset((
    "newcommand", "renewcommand", "providecommand", "newenvironment", "renewenvironment", "def", "let",
    "DeclareRobustCommand",
))
# By the number of arguments that are settings, names or sizes; what follows them is text.
_DROPPED = {
    0: (
        "allowdisplaybreaks bibitem framebox listfiles makeatletter makebox makeglossaries newif newpage "
        "printglossary selectfont tolerance"
    ),
    1: (
        "addbibresource AtBeginDocument bibliography bibliographystyle captionsetup cellcolor cline "
        "cmidrule color colorbox columncolor counterwithin declaretheorem documentclass documentstyle "
        "enlargethispage foreignlanguage geometry glsadd graphicspath hphantom hspace hyperlink hypersetup "
        "hypertarget hyphenation ifthenelse include includegraphics includeonly index input inputencoding "
        "inst lstinputlisting lstset markright newcounter newglossary newlength newtheoremstyle "
        "nocite pagecolor pagenumbering pagestyle parbox PassOptionsToPackage pdfinfo pgfplotsset phantom "
        "raisebox refstepcounter RequirePackage rotatebox rowcolor scalebox selectlanguage setlist "
        "setmainfont setmonofont setsansfont sisetup stepcounter subfile svgpath textcolor thanksref "
        "theoremstyle thispagestyle tikzset usecolortheme usefonttheme usemintedstyle usepackage usetheme "
        "usetikzlibrary verbatiminput vphantom vspace"
    ),
    2: (
        "addtocounter addtolength colorlet DeclareMathOperator DeclareUnicodeCharacter fcolorbox fontsize "
        "markboth multirow newcolumntype newglossaryentry newtheorem pdfbookmark resizebox rule "
        "setbeamertemplate setcounter setlength settowidth"
    ),
    3: (
        "addcontentsline crefname definecolor newacronym specialrule"
    ),
    4: (
        "titlespacing"
    ),
    5: (
        "titleformat"
    ),
}
DROPPED_ARGUMENTS = {name: count for count, names in _DROPPED.items() for name in names.split()}
DROPPED_ENVIRONMENTS = frozenset((
    "comment", "tikzpicture", "pgfpicture", "picture", "filecontents", "pspicture", "asy",
))
VERBATIM_ENVIRONMENTS = frozenset((
    "verbatim", "Verbatim", "lstlisting", "minted", "alltt", "BVerbatim", "lstcode", "code", "algorithmic",
))
MATH_ENVIRONMENTS = frozenset((
    "equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat", "dmath",
    "subequations",
))
QUOTE_ENVIRONMENTS = frozenset(("quote", "quotation", "verse", "displayquote", "epigraph"))
LIST_ENVIRONMENTS = frozenset((
    "itemize", "enumerate", "description", "compactitem", "compactenum", "thebibliography", "list", "tasks",
    "questions", "choices", "checkboxes", "oneparchoices", "parts", "subparts",
    "inparaenum",
))
NUMBERED_ENVIRONMENTS = frozenset(("enumerate", "questions", "compactenum", "inparaenum"))
TABLE_ENVIRONMENTS = frozenset((
    "tabular", "tabularx", "tabulary", "tabu", "longtable", "supertabular", "xltabular", "longtabu", "array", "tblr",
))
ENVIRONMENT_ARGUMENTS = {
    "tabular": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2, "tabu": 1, "longtable": 1, "supertabular": 1,
    "xltabular": 2, "longtabu": 1, "array": 1, "tblr": 1, "minipage": 1, "multicols": 1, "wrapfigure": 2,
    "wraptable": 2, "thebibliography": 1, "column": 1, "adjustbox": 1, "minted": 1, "filecontents": 1, "list": 2,
    "otherlanguage": 1, "spacing": 1, "adjustwidth": 2, "alignat": 1, "tcolorbox": 0, "subfigure": 1, "subtable": 1,
    "columns": 0, "algorithmic": 0,
}
THEOREMS = frozenset((
    "theorem", "lemma", "proposition", "corollary", "definition", "proof", "example", "remark", "conjecture",
    "exercise", "claim", "note", "problem", "solution", "question", "answer", "fact", "axiom",
))
REFERENCE_COMMAND = re.compile(
    r"(?:eq|page|auto|c|C|name|v|V|sub|label)?(?:c?page)?ref|(?!no)\w*cite\w*|\w*[Cc]ite(?:author|year|title)?"
)
DIMENSION = re.compile(
    r"[ \t]*=?[ \t]*-?(?:\d+\.?\d*|\.\d+)?[ \t]*(?:pt|em|ex|cm|mm|in|bp|sp|\\[a-z]+(?:width|height|skip))(?![a-zA-Z])"
    r"(?:[ \t]*(?:plus|minus)[ \t]*[\d.]+[a-z]+)*"
)
LENGTHS = frozenset((
    "parindent", "parskip", "textwidth", "textheight", "hskip", "vskip", "kern", "baselineskip", "topmargin",
    "oddsidemargin", "evensidemargin", "leftskip", "rightskip", "hangindent", "columnsep", "itemsep",
    "parsep", "topsep",
))
# fmt: on


def accented(base: str, accent: str) -> str:
    """Return a letter with an accent; a dotless letter has its dot again below none."""
    letter = {"\u0131": "i", "ȷ": "j"}.get(base[:1], base[:1])
    return unicodedata.normalize("NFC", letter + ACCENTS[accent]) + base[1:] if letter.strip() else base
