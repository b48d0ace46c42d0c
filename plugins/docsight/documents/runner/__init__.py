"""Plan runs, distribute the work to workers and keep their results in shards; see `docs/resume.md`.

`settings` has the options, `plan` the jobs. `local` and `ray` are the engines; each worker process has a `supervisor`,
which starts it as a `process` that runs `child`. In it a `worker` reads `work_items`, runs the pipeline (`annotate`)
and writes `shard_files`. Imports the modules of `documents` and its `formats`, but neither `output` nor `report`.
"""
