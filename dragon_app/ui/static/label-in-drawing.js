/* A sample that the app draws by itself: the page only shows how far it is. Closed or loaded anew, it
   loses nothing. What became of the pictures is counted in the upload's `job`. */
const followDrawing = async (drawing, { job, step }) => {
  const ASK_MS = 300;
  const { call } = dragon;
  const path = `/samples/drawings/${drawing.id}`;
  let now = drawing,
    isTold = false;
  for (;;) {
    job.done = now.done;
    job.added = now.added;
    job.duplicates = now.duplicates;
    job.secondsLeft = now.seconds_left;
    step();
    if (now.is_over) break;
    if (job.isStopped && !isTold) {
      isTold = true;
      await call(`${path}/stop`, {}, { seconds: 10 });
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    now = await call(path, undefined, { seconds: 10 });
  }
  job.isStopped = now.is_stopped; // by another tab perhaps; or it was done by then
  if (now.problem) throw new Error(now.problem);
};

/* A sample is being drawn: this page was loaded anew, or another one asked for it. */
const showDrawing = async (upload, { id }) => {
  if (upload.isBusy()) return;
  const now = await dragon.call(`/samples/drawings/${id}`, undefined, { seconds: 4 }).catch(() => null);
  if (now && !now.is_over) upload.follow(now); // else that news is old
};
