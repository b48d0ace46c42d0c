"""Runs work: plans it, hands it to workers and keeps what they have done in shards. `docs/resume.md` explains it.

`settings` has the options, `plan` the jobs. `local` and `ray` are the engines; each worker process has a `supervisor`,
which starts it as a `process` that runs `child`. In it a `worker` reads `work_items` and writes shards (`shard_job`,
`annotate`, `lines`, `shard_files`).

Imports `docsight.documents.formats` and the modules of `docsight.documents`, but neither `output` nor `report`.
"""
