"""LaTeX as its finished document shows it."""

import sys
from pathlib import Path

import pytest

from docsight.documents.formats.markup.latex import read

sys.path.append(str(Path(__file__).parent))
from markup_samples import MarkupSample

SAMPLE = MarkupSample(read, "a.tex")
parse, passages, links = SAMPLE.parse, SAMPLE.passages, SAMPLE.links

DOCUMENT = r"""
% A comment about Bob Smith
\documentclass[12pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[ngerman]{babel}
\newcommand{\product}{SpadePro}
\title{Garden \emph{Guide}\thanks{Funded by Acme.}}
\author{Rosa Lindt \and Tom Fox\\University of Graz}
\date{2024-05-01}
\begin{document}
\maketitle
\begin{abstract}
We describe gardens.
\end{abstract}
\section{Planting\label{sec:p}} % trailing
Intro with \emph{emphasis}, \textbf{bold \textit{nested}} text, 50\,\% of \product{} and


Na\"{\i}ve caf\'e, M\"uller, \c{c}a, \v{S}koda, Stra\ss e. See Figure~\ref{fig:a} and \cite[p.~5]{knuth84,lamport}.

Inline $x^2 + y_1$ and \(a<b\) stay --- really. ``Quoted'' text\footnote{A small note with \emph{stress}.}.

Second paragraph.\\ New line. \href{https://example.org}{the site} and \url{https://x.org/a_b}.
\begin{itemize}
  \item tomatoes
    that are red
  \item[*] beans
  \begin{enumerate}
    \item one
    \item two
  \end{enumerate}
\end{itemize}
\begin{description}
\item[spade] A tool.
\end{description}
\begin{table}[ht]
\centering
\caption{The costs}
\begin{tabular}{l|r}
\hline
Item & Price \\ \hline
Seeds & 4.20 \\
 & 1.00 \\
\multicolumn{2}{c}{Total 5.20} \\
\end{tabular}
\end{table}
\begin{figure}
\includegraphics[width=\textwidth]{a.png}
\caption[short]{A red tomato.}
\end{figure}
\begin{equation}
E = mc^2
\end{equation}
\begin{verbatim}
def f(): % not a comment
    return {1}
\end{verbatim}
\begin{quote}
To be or not to be.
\end{quote}
\begin{theorem}[Pythagoras]
It holds.
\end{theorem}
\subsection*{Details}
Use \verb|rm -rf| and \texttt{ls}. \textcolor{red}{Red text} \vspace{1em} \unknown{kept}{too}.
\begin{tikzpicture}\node {x};\end{tikzpicture}
\begin{thebibliography}{9}
\bibitem{knuth84} D. Knuth. \textit{The TeXbook}. 1984.
\end{thebibliography}
\input{chapter2}
\end{document}
"""


def test_latex_document_has_its_structure() -> None:
    assert passages(DOCUMENT) == [
        ("heading 1", "Garden Guide[1]"),
        ("paragraph", "Rosa Lindt; Tom Fox, University of Graz"),
        ("paragraph", "2024-05-01"),
        ("paragraph", "We describe gardens."),
        ("heading 1", "Planting"),
        ("paragraph", "Intro with emphasis, bold nested text, 50 % of SpadePro and"),
        ("paragraph", "Naïve café, Müller, ça, Škoda, Straße. See Figure [fig:a] and [1, lamport, p. 5]."),
        ("paragraph", "Inline $x^2 + y_1$ and \\(a<b\\) stay — really. “Quoted” text[2]."),
        ("paragraph", "Second paragraph.\nNew line. the site and https://x.org/a_b."),
        ("list_item 1", "tomatoes that are red"),
        ("list_item 1", "* beans"),
        ("list_item 2", "1. one"),
        ("list_item 2", "2. two"),
        ("list_item 1", "spade A tool."),
        ("caption", "The costs"),
        ("table", [["Item", "Price"], ["Seeds", "4.20"], ["", "1.00"], ["Total 5.20", ""]]),
        ("caption", "A red tomato."),
        ("code", "E = mc^2"),
        ("code", "def f(): % not a comment\n    return {1}"),
        ("quote", "To be or not to be."),
        ("paragraph", "Theorem (Pythagoras). It holds."),
        ("heading 2", "Details"),
        ("paragraph", "Use rm -rf and ls. Red text kept too."),
        ("list_item 1", "[1] D. Knuth. The TeXbook. 1984."),
        ("footnote", "[1] Funded by Acme."),
        ("footnote", "[2] A small note with stress."),
    ]


def test_latex_document_states_its_title_authors_and_date() -> None:
    document = parse(DOCUMENT)
    assert document.title == "Garden Guide"
    assert (document.metadata.authors, document.metadata.created) == (("Rosa Lindt", "Tom Fox"), "2024-05-01")


def test_latex_links_have_their_targets() -> None:
    assert links(DOCUMENT) == [("the site", "https://example.org"), ("https://x.org/a_b", "https://x.org/a_b")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\\,b 50\\% \\_x", "a b 50% _x"),
        ("M\\\"uller \\'{e} \\c{c} \\v{S} \\aa{} \\ss", "Müller é ç Š å ß"),
        ("\\unknown[x]{kept} and \\other{a}{b}", "kept and a b"),
        ("a%c\nb", "ab"),
        ("a~b---c--d ``e''", "a b—c\u2013d “e”"),
        ("\\verb|a{b| \\texttt{c}", "a{b c"),
        ("$a_1$ and \\(b\\)", "$a_1$ and \\(b\\)"),
        ("\\[x^2\\]", "\\[x^2\\]"),
        ("see \\ref{a} and \\cite[p. 2]{b}", "see [a] and [b, p. 2]"),
        ("\\def\\x#1{y}\\newcommand{\\z}[1]{w}text", "text"),
        ("\\begin{unknown}{a}b\\end{unknown}", "a b"),
        ("\\setlength{\\parindent}{0pt}\\vspace{1em}text", "text"),
        ("\\enquote{a}", "“a”"),
        ("unclosed {brace \\emph{b", "unclosed brace b"),
        ("100\\$ and 5$", "100$ and 5$"),
        ("\\iffalse gone \\fi kept", "kept"),
        ("\\item<2-> one", "one"),
        ("\\begin{comment}gone\\end{comment}text", "text"),
        ("| \\begin{document} | is a command", "|\n\n| is a command"),
        ("\\begin{questions}\\question[5] Why?\\begin{choices}\\choice A\\end{choices}\\end{questions}", "1. Why?\nA"),
        ("\\url{http://a.b/c%20d} x\\~{}", "http://a.b/c%20d x~"),
        ("\\magnification=1200\n\\centerline{A}B", "A\n\nB"),
        (
            "\\documentclass{moderncv}\\name{Ruth}{Keller}\\begin{document}\\cvitem{a}{b}\\cvitem{c}{d}\\end{document}",
            "Ruth Keller\n\na b\n\nc d",
        ),
        ("\\begin{tabular}{l}\\caption{A}\\\\b & c\\end{tabular}", "b\tc\n\nA"),
        (
            "\\documentclass{a}\\newtheorem{t}{Satz}\\begin{document}\\begin{t}[B]C\\end{t}\\note{D}\\end{document}",
            "Satz (B). C\n\nD",
        ),
        (
            "\\begin{letter}{Ada\\\\ London}\\opening{Dear Ada,}text\\closing{Yours}\\end{letter}",
            "Ada\nLondon\n\nDear Ada,\n\ntext\n\nYours",
        ),
        (
            "\\documentclass{a}\\setkomavar{fromaddress}{Mill 4\\\\ Leeds}\\begin{document}text\\end{document}",
            "Mill 4, Leeds\n\ntext",
        ),
    ],
)
def test_latex_shows_text_without_marks(written: str, shown: str) -> None:
    assert parse(written).text == shown


def document(body: str, *, preamble: str = "", kind: str = "article") -> str:
    return f"\\documentclass{{{kind}}}{preamble}\\begin{{document}}{body}\\end{{document}}"


@pytest.mark.parametrize(
    ("defined", "used", "shown"),
    [
        (r"\newcommand{\person}[1]{\textbf{#1}}", r"\person{Tom Fox} came.", "Tom Fox came."),
        (r"\newcommand{\pair}[2][x]{(#1, #2)}", r"\pair{y} and \pair[a]{b}.", "(x, y) and (a, b)."),
        (r"\def\city#1{city of #1}", r"the \city{Graz}.", "the city of Graz."),
        (r"\newcommand{\us}{Roofs}\newcommand{\firm}{\us{} Ltd}", r"\firm{} and \us.", "Roofs Ltd and Roofs."),
        (r"\newcommand{\topic}[1]{\section{#1}}", r"\topic{Roofs}", "Roofs"),
        (r"\newcommand{\a}[1]{\a{#1} b}", r"\a{Ada}", "Ada" + " b" * 10),
        (r"\newcommand{\maybe}[1]{\ifx#1\relax\else no\fi}", r"\maybe{Ada}", "Ada"),
    ],
)
def test_latex_commands_of_the_document_have_arguments(defined: str, used: str, shown: str) -> None:
    assert parse(document(used, preamble=defined)).text == shown


def test_latex_commands_may_stand_for_headings() -> None:
    defined = r"\newcommand{\topic}[1]{\section{#1}}"
    assert passages(document(r"\topic{Roofs} are dry.", preamble=defined))[0] == ("heading 1", "Roofs")


def test_latex_commands_that_grow_end() -> None:
    defined = r"\newcommand{\a}[1]{#1#1#1#1}"
    assert len(parse(document(r"\a{" * 9 + "x" * 900 + "}" * 9, preamble=defined)).text) < 2_000_000


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"See \ref{d}, \ref{b}.\section{A}\subsection{B}\label{b}\section*{C}\section{D}\label{d}", "See 2, 1.1."),
        (r"\Cref{f} and \cref{f,g}.\begin{figure}\caption{F}\label{f}\end{figure}\begin{figure}\caption{G}\label{g}"
         r"\end{figure}", "Figure 1 and figure 1, 2."),
        (r"By \eqref{y}.\begin{align}x\label{x}\\y\nonumber\\z\label{y}\end{align}", "By (2)."),
        (r"By \eqref{t}.\begin{equation}x\tag{A}\label{t}\end{equation}", "By (A)."),
        (r"Item \ref{i}.\begin{enumerate}\item a\item\label{i} b\end{enumerate}", "Item 2."),
        (r"In \ref{a}.\appendix\section{A}\label{a}", "In A."),
        (r"\cite{b} and \citep[see][p. 3]{a,b}.\begin{thebibliography}{9}\bibitem{a} A.\bibitem[B20]{b} B."
         r"\end{thebibliography}", "[B20] and [see 1, B20, p. 3]."),
        (r"See \ref{gone} and \cite{gone}.", "See [gone] and [gone]."),
        (r"See \ref{t}.\section{A}\begin{theorem}\label{t}x\end{theorem}", "See [t]."),
        (r"See \ref{d}.\input{other}\section{D}\label{d}", "See [d]."),
        (r"See \ref{d}.\setcounter{section}{4}\section{D}\label{d}", "See [d]."),
        (r"See \ref{g}.\begin{figure}\begin{subfigure}{1cm}\caption{a}\end{subfigure}\caption{F}\label{g}\end{figure}",
         "See 1."),
    ],
)  # fmt: skip
def test_latex_references_are_numbers(body: str, shown: str) -> None:
    assert passages(document(body))[0] == ("paragraph", shown)


def test_latex_references_in_books_have_the_chapter() -> None:
    body = r"\frontmatter\chapter{P}\mainmatter See \ref{s}, \ref{f}.\chapter{A}\chapter{B}\section{S}\label{s}"
    figure = r"\begin{figure}\caption{F}\label{f}\end{figure}"
    assert ("paragraph", "See 2.1, 2.1.") in passages(document(body + figure, kind="book"))


def test_latex_references_of_other_classes_are_keys() -> None:
    assert passages(document(r"See \ref{a}.\section{A}\label{a}", kind="IEEEtran"))[0] == ("paragraph", "See [a].")
