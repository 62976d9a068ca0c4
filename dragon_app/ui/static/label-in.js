/* Zips and tables among what was dropped or chosen. A zip is sent whole and added by the app; a table
   labels photos that are here already. What becomes of both is counted in the upload's `job`. */
const ASK_MS = 300;
const isZip = ({ file }) => /\.zip$/i.test(file.name);
const isTable = ({ file }) => /\.[ct]sv$/i.test(file.name);
const sorted = (files) => ({
  zips: files.filter(isZip),
  tables: files.filter(isTable),
  photos: files.filter((each) => !isZip(each) && !isTable(each)),
});

const sendZip = async (file, { job, classId, step }) => {
  const { call } = dragon;
  const before = { done: job.done, total: job.total, added: job.added, duplicates: job.duplicates };
  const asClass = classId == null ? '' : `&class_id=${classId}`;
  const name = encodeURIComponent(file.name.slice(-200));
  let now = await call(`/archives?name=${name}${asClass}`, file, { signal: job.abort.signal });
  let isTold = false;
  while (!now.is_over) {
    if (job.isStopped && !isTold) {
      isTold = true;
      await call(`/archives/${now.id}/stop`, {}, { seconds: 10 });
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    now = await call(`/archives/${now.id}`, undefined, { seconds: 10 });
    job.total = before.total - 1 + Math.max(1, now.total);
    job.done = before.done + now.done;
    job.added = before.added + now.added;
    job.duplicates = before.duplicates + now.duplicates;
    step();
  }
  job.refused.push(...now.refused);
  const more = now.refused_count - now.refused.length;
  if (more) job.refused.push({ name: file.name, reason: `holds ${more.toLocaleString('en')} more like these` });
  if (now.problem) job.refused.push({ name: file.name, reason: now.problem });
};

const sendTable = async (file, { job, step }) => {
  const form = new FormData();
  form.append('file', file, file.name);
  form.append('batch', dragon.newBatch());
  try {
    const answer = await dragon.call('/tables', form, { signal: job.abort.signal });
    job.labelled += answer.labelled;
    job.hadIt += answer.had_it;
    job.refused.push(...answer.refused);
  } catch (error) {
    if (error.status !== 400) throw error;
    job.refused.push({ name: file.name, reason: error.message });
  }
  job.done += 1;
  step();
};
