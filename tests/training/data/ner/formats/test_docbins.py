from pathlib import Path

import spacy
from spacy.tokens import DocBin, Span

from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.docbins import read_docbin


def test_groups_of_spans_of_a_doc_without_entities_are_listed(tmp_path: Path):
    nlp = spacy.blank("en")
    with_entities, without = nlp("Ada Lovelace left"), nlp("Ada Lovelace left")
    with_entities.set_ents([Span(with_entities, 0, 2, "PER")])
    for doc in (with_entities, without):  # the component adds such a group to Docs with entities
        doc.spans["sc"] = [Span(doc, 0, 2, "PER"), Span(doc, 0, 1, "FIRST")]
    DocBin(docs=[with_entities, without]).to_disk(tmp_path / "a.spacy")
    findings = Findings()
    texts = list(read_docbin(tmp_path / "a.spacy", findings))
    assert [len(text.spans) for text in texts] == [1, 0]
    assert findings.all == [
        (FindingKind.SPAN_GROUP, "a.spacy, Doc 2", "doc.spans['sc']: Ada Lovelace (PER), Ada (FIRST)")
    ]
