"""Runs work: plans it, hands it to workers and keeps what they have done in shards. `docs/resume.md` explains it.

`settings` has the options, `plan` the jobs. `local` and `ray` are the engines; each worker process has a `supervisor`,
which starts it as a `process` that runs `child`. In it a `worker` reads `work_items`, runs the pipeline (`annotate`)
and writes `shard_files`. Imports the modules of `documents` and its `formats`, but neither `output` nor `report`.
"""
