"""The choice of the engine that does the work of a run."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.local import run_here, run_workers
from docsight.documents.runner.plan import Plan
from docsight.documents.runner.progress import ProgressMeter
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shards import Shard
from docsight.documents.runner.warm_worker import WarmWorker
from docsight.documents.store import Store, write_errors

if TYPE_CHECKING:
    from spacy.language import Language


def start_engine(
    plan: Plan,
    nlp: "Language | Pipeline",
    store: Store,
    settings: WorkerSettings,
    meter: ProgressMeter,
    worker: WarmWorker | None,
) -> Generator[Shard, None, None]:
    """Return the shards of a plan's pending work, by the engine that the options ask for. Closing it stops the engine.

    Args:
        plan: What is to be done.
        nlp: The pipeline. Without workers it is loaded here; for workers, a `Language` is saved to the store.
        store: The folder of the results.
        settings: Those of each worker.
        meter: Shows what a run in this process has done so far.
        worker: A worker that is kept from run to run; None for those of the options.

    Raises:
        BundleError, ConfigError: The pipeline cannot be loaded or saved.
    """
    options = settings.options
    if worker is not None:
        return worker.run(plan.jobs(), settings)
    if not options.workers:
        loaded = nlp.load() if isinstance(nlp, Pipeline) else nlp
        return run_here(plan.jobs(), loaded, settings, on_batch=meter.preview)
    if isinstance(nlp, Pipeline):
        pipeline = nlp
    else:
        pipeline = Pipeline(path=str(store.work / "pipeline"))
        with write_errors(str(pipeline.path)):
            nlp.to_disk(str(pipeline.path))
    if options.engine == "ray":
        from docsight.documents.runner.ray import run_ray

        jobs = plan.jobs(workers=options.workers)
        return run_ray(jobs, pipeline, settings, workers=options.workers, address=options.ray_address)
    workers = min(options.workers, len(plan.pending))
    return run_workers(plan.jobs(workers=workers), pipeline, settings, workers=workers)
