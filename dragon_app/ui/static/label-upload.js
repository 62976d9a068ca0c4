/* Sending photos in small batches, some at a time: progress, time left, Stop, and what became of them. */
const createUpload = ({ onSome, onDone }) => {
  const { el, icon, call, count } = dragon;
  const WORKERS = 3,
    NAMED = 200;
  const fill = el('i'),
    words = el('span', { class: 'd-number' });
  const bar = el(
    'div',
    {
      class: 'd-progress',
      role: 'progressbar',
      'aria-label': 'Adding photos',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
    },
    fill,
  );
  const stop = el('button', { type: 'button', class: 'd-button is-small', text: 'Stop' });
  const panel = el('section', { class: 'upload', hidden: true, 'aria-live': 'polite' });
  let job = null,
    leaving = 0; // the timer of a summary that nobody needs to read

  const showProgress = () => {
    const { done, total, startedAt } = job;
    const seconds = (performance.now() - startedAt) / 1000;
    const secondsLeft =
      job.secondsLeft ?? (done > 4 && seconds > 1.5 ? (seconds / done) * (total - done) : null);
    const left = secondsLeft && done < total ? `, about ${dragon.duration(secondsLeft)} left` : '';
    words.textContent = `${done.toLocaleString('en')} of ${count(total, 'photo')}${left}`;
    fill.style.width = `${(100 * done) / total}%`;
    bar.setAttribute('aria-valuenow', Math.round((100 * done) / total));
  };
  const begin = (total, title, refused = []) => {
    clearTimeout(leaving);
    job = {
      done: refused.length,
      total,
      startedAt: performance.now(),
      secondsLeft: null, // as the app says it, where it does the work
      isStopped: false,
      added: 0,
      duplicates: 0,
      labelled: 0,
      hadIt: 0,
      refused,
      error: null,
      abort: new AbortController(),
    };
    stop.disabled = false;
    stop.onclick = () => {
      stop.disabled = true;
      job.isStopped = true;
      job.abort.abort();
    };
    panel.className = 'upload d-card';
    panel.replaceChildren(
      el('div', { class: 'upload-line' }, el('strong', { text: title }), words, stop),
      bar,
    );
    panel.hidden = false;
    showProgress();
  };
  const showStep = () => {
    showProgress();
    onSome();
  };
  const take = (answer, n) => {
    job.added += answer.added;
    job.duplicates += answer.duplicates;
    job.refused.push(...answer.refused);
    job.done += n;
    showProgress();
  };

  const summary = () => {
    const { added, duplicates, labelled, hadIt, refused, isStopped, error, done, total } = job;
    const parts = added || !(labelled || hadIt) ? [`${added.toLocaleString('en')} added`] : [];
    if (labelled) parts.push(`${labelled.toLocaleString('en')} labelled by a table`);
    if (hadIt) parts.push(`${hadIt.toLocaleString('en')} had their class`);
    if (duplicates) parts.push(`${duplicates.toLocaleString('en')} already there`);
    if (refused.length) parts.push(`${refused.length.toLocaleString('en')} not taken`);
    if (isStopped) parts.push(`stopped after ${done} of ${total}`);
    else if (error) parts.push(`ended after ${done} of ${total}`);
    const line = el(
      'div',
      { class: 'upload-line' },
      el('strong', { text: parts.join(', ') }),
      el(
        'button',
        {
          type: 'button',
          class: 'd-button is-quiet is-icon is-small',
          'aria-label': 'Close',
          onclick: () => {
            panel.hidden = true;
          },
        },
        icon('close'),
      ),
    );
    panel.replaceChildren(line);
    if (error) panel.append(el('p', { class: 'd-text d-error', text: error }));
    if (refused.length) {
      const list = el(
        'ul',
        { class: 'upload-refused' },
        ...refused
          .slice(0, NAMED)
          .map((each) =>
            el('li', {}, el('strong', { text: each.name }), el('span', { text: ` ${each.reason}` })),
          ),
      );
      if (refused.length > NAMED) list.append(el('li', { text: `and ${refused.length - NAMED} more` }));
      const isRestIn = !error && !isStopped && total > refused.length;
      const title = `These were not taken${isRestIn ? '; the rest is in' : ''}:`;
      panel.append(el('p', { class: 'd-text d-quiet', text: title }), list);
    }
    panel.classList.toggle('is-bad', !!error || refused.length > 0);
    if (!error && !refused.length)
      leaving = setTimeout(() => {
        panel.hidden = true;
      }, 6000);
  };

  /* `remaining`: bytes of the job from this batch on; the app says soon when the disk is too small. */
  const send = async (batch, { classId, folders, remaining }) => {
    const form = new FormData();
    form.append('remaining_bytes', remaining);
    for (const each of batch) form.append('files', each.file, each.file.name);
    if (classId != null) form.append('class_id', classId);
    else if (folders.length) {
      form.append('paths', JSON.stringify(batch.map((each) => each.folders)));
      form.append('folders', JSON.stringify(folders));
    }
    take(await call('/uploads', form, { signal: job.abort.signal }), batch.length);
    onSome();
  };

  const runAll = async (tasks, workers) => {
    const todo = tasks[Symbol.iterator](); // one for all workers
    const worker = async () => {
      while (!job.isStopped && !job.error) {
        const { value: task, done } = todo.next();
        if (done) return;
        try {
          await task();
        } catch (error) {
          if (error.name !== 'AbortError') job.error ??= error.message; // the first one says why
        }
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  };
  /* Each stage of tasks begins when the one before it is over. */
  const work = async (...stages) => {
    for (const [tasks, workers] of stages) await runAll(tasks, workers);
    summary();
    const result = job;
    job = null;
    onDone(result);
  };
  const isBusy = () => {
    if (job) dragon.toast('Photos are being added already. Wait for them, or press Stop.');
    return !!job;
  };

  return {
    panel,
    isBusy: () => !!job,
    /* Add files, all of one class if `classId` is given, else by the folders they lie in. */
    add: async (found, classId = null) => {
      if (isBusy()) return;
      if (!found.length) {
        dragon.toast('There is no file in it.', { kind: 'bad' });
        return;
      }
      const { photos, zips, tables } = sorted(found.filter((each) => each.file));
      const folders = [...new Set(photos.map((each) => each.folders[0]).filter(Boolean))];
      begin(
        found.length,
        'Adding photos',
        found.filter((each) => !each.file),
      );
      const batches = createBatches(photos);
      function* tasks() {
        for (const { photos: batch, remaining } of batches)
          yield () => send(batch, { classId, folders, remaining });
      }
      const one = (send) => (each) => () => send(each.file, { job, classId, step: showStep });
      // Tables come last: they label what is here by then.
      const after = [...zips.map(one(sendZip)), ...tables.map(one(sendTable))];
      batches.measure();
      await dragon.saving(() => work([tasks(), WORKERS], [after, 1]));
    },
    /* Show the app drawing a sample, which it does without the page too: until it is over, or stopped. */
    follow: async (drawing) => {
      if (job) return;
      begin(drawing.total, 'Drawing pictures');
      const task = () => followDrawing(drawing, { job, step: showStep });
      await dragon.saving(() => work([[task], 1]));
    },
  };
};
