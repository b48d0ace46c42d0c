"""`docsight serve`: the components over HTTP, and the playground page at `/`. Needs the extra "serve".

Imports everything below it; nothing but `cli` imports it. All bodies are JSON unless said otherwise. A failure is
`application/problem+json` (RFC 9457): {"type", "title", "status", "detail", "request_id"}, and for a 422 also "errors".
Every answer has the header `X-Request-Id`. Offsets are in Unicode code points of `text`, not in UTF-16 units.

    POST /v1/text       {"text": str | "texts": [str], "min_score": 0.05 | null, "setting": null | "precise" |
                        "balanced" | "eager" | "flag"} -> {"documents": [{"text", "corrected_text",
                        "entities": [{"start", "end", "label", "text", "score"}],
                        "spans": [as entities: every span of at least min_score, overlapping ones too; [] for null],
                        "corrections": [{"start", "end", "text", "suggestion", "suggestions": [{"text", "probability"}],
                        "score", "reason": "context" | "unknown_word", "because", "applied"}]}]}
    POST /v1/type       {"session": str | null, "sequence": int, "keys": str, or "events": [{"type": "key", "key": "n"}
                        | {"type": "backspace"} | {"type": "accept", "text": str | null} | {"type": "undo", "word":
                        int | null} | {"type": "keep", "word": str | null}], "keyboard": "qwerty" | "azerty" |
                        "qwertz" | "dvorak" | null, "context": str, "completions": int}; the last three count for a new
                        session only -> {"session", "sequence", "letter", "letters": [{"letter", "probability"}],
                        "prefix", "text", "typed", "completions": [{"text", "probability"}],
                        "corrected": [{"word": int, "start", "end", "typed", "text"}]}
                        `text` is what is meant so far, `typed` what was typed; start and end are offsets in `text`.
                        "keep" leaves that word as typed for the rest of the session. 404: the session has expired.
    POST /v1/images     multipart with the field "file", or the image itself as the body; query: model=figures|digits,
                        explain=false|true, label=…  -> {"model", "size", "channels", "label", "best", "score",
                        "scores": {label: p}, "in_domain", "threshold", "pixels": [channel][row][column] of 0 to 255,
                        "explanation": null | {"label", "filters": {"before": […], "after": […]} as
                        [filter][channel][3][3] floats, "feature_maps": [{"layer", "maps": [filter] of {"height",
                        "width", "max", "png": data URI, white is max}}], "grad_cam": [row][column],
                        "occlusion": [row][column]}}
    POST /v1/compare    {"text": str, "focus": int | null} -> {"text", "words": [{"text", "start", "end"}], "taggers":
                        [{"name", "layer", "weights", "sight", "entities", "words", "units", "states", "influence"}]},
                        see `TaggerComparison.compare`
    POST /v1/documents  multipart with any number of fields "files"; query: redact=false|true, wait=false|true
                        -> 200 {"job": {…}, "documents": [lines of documents.jsonl], "errors": [lines of errors.jsonl]}
                        if the files are few and small, else 202 {"job": {…}} with Location /v1/jobs/{id}
    GET /v1/jobs/{id}   {"id", "state": "queued" | "running" | "done" | "failed" | "cancelled", "files", "bytes",
                        "progress": {"fraction", "documents", "failed", "words", "seconds", "remaining"}, "position",
                        "error": null | str, "expires": ISO time | null, "links": {"self", "result", "report",
                        "redacted"}}; /result: documents.jsonl as application/x-ndjson, /report: report.html,
                        /redacted: a zip of the redacted texts; 409 while it is not done. DELETE cancels and removes it.
    POST /v1/redact     {"text": str, "operator": "replace" | "mask" | "pseudonym", "threshold", "types"} -> {"text",
                        "redactions": [{"start", "end", "redacted_start", "redacted_end", "type", "recognizer", "score",
                        "replacement"}]}
    POST /analyze, GET /recognizers, GET /supportedentities   as presidio-analyzer's own server
    GET /health, /ready, /metrics, /v1/info, /openapi.json, /docs
    GET / and /…        the files of `playground/`

The page is `playground/index.html`; all that it loads lies beside it. Its Content-Security-Policy is default-src
'none'; script-src, style-src, connect-src, font-src 'self'; img-src 'self' data: blob:; frame-src 'self'; so no inline
script or style, and no style attribute in the markup (element.style from a script is allowed). /report is shown in a
frame, with a policy of its own; with an API key, the links of a job have a token, as a frame cannot send the key.
"""
