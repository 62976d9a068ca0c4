/* The run at work or just over: words, bar, curves, Pause and Stop; at the end the result and what to do next.
   All is read from the app once a second, so a reload or another browser shows the same. */
const createRunPanel = ({ onKnown, onOver, onAgain }) => {
  const WATCH_MS = 1000, SPEAK_MS = 4000;
  const title = el('h2', { class: 'd-title' });
  const settings = el('p', { class: 'd-text d-quiet' });
  const phase = el('p', { class: 'd-text run-phase d-number' });
  const bar = el('div', { class: 'd-progress', role: 'progressbar', 'aria-label': 'Training', 'aria-valuemin': 0, 'aria-valuemax': 100 }, el('i'));
  const facts = el('dl', { class: 'run-facts d-number' });
  const stop = el('button', { type: 'button', class: 'd-button', text: 'Stop' });
  const pause = el('button', { type: 'button', class: 'd-button', text: 'Pause' });
  const charts = dragon.runCharts();
  const result = el('div', { class: 'run-result' });
  const speech = el('p', { class: 'd-hidden', role: 'status' });
  const note = el('p', { class: 'd-note is-warn', hidden: true });
  const live = el('div', { class: 'run-live' }, note, el('div', { class: 'run-line' }, phase, el('div', { class: 'run-buttons' }, pause, stop)), bar, facts);
  const node = el('section', { class: 'd-card run', 'aria-label': 'Run', hidden: true },
    el('div', { class: 'run-head' }, title, settings), live, result, charts.node, speech);
  let id = null, run = null, last = 0, epochs = [], timer = 0, isAsking = false, spokenAt = 0, spoken = '';

  const fact = (name, value) => el('div', {}, el('dt', { class: 'd-quiet', text: name }), el('dd', { text: value }));
  /* Says where the run is when that changed, never more often than a person can listen. */
  const speak = (key, text, isNow = false) => {
    if (key === spoken || (!isNow && performance.now() - spokenAt < SPEAK_MS)) return;
    spoken = key;
    spokenAt = performance.now();
    speech.textContent = text;
  };

  const showLive = (best, steps) => {
    const { progress } = run;
    const isLearning = progress.epoch > 0;
    const share = progress.total ? progress.done / progress.total : 0;
    const isPaused = run.status === 'paused';
    title.textContent = { queued: `Run ${run.id} waits`, paused: 'Paused' }[run.status] ?? 'Training';
    phase.textContent = dragon.phaseSentence(run);
    bar.firstChild.style.width = `${share * 100}%`;
    bar.setAttribute('aria-valuenow', Math.round(share * 100));
    bar.setAttribute('aria-valuetext', phase.textContent);
    stop.disabled = run.is_stopping && !run.is_pausing;
    stop.textContent = stop.disabled ? 'Stopping \u2026' : 'Stop';
    pause.disabled = run.is_stopping;
    pause.textContent = run.is_pausing ? 'Pausing \u2026' : isPaused ? 'Continue' : 'Pause';
    pause.classList.toggle('is-primary', isPaused);
    note.textContent = run.reason;
    note.hidden = !run.reason;
    // What there is nothing to say about is not shown; remembered photos pass too fast to mean anything.
    const known = [
      ['Time left', isPaused ? '' : progress.seconds_left == null ? (isLearning ? 'being measured' : '') : `about ${dragon.duration(progress.seconds_left)}`],
      ['Speed', !isPaused && progress.images_per_s && !run.is_remembering ? `${Math.round(progress.images_per_s).toLocaleString('en')} photos a second` : ''],
      ['Best so far', best ? `${dragon.percent(best.val_accuracy)} in epoch ${best.epoch}` : '']].filter(([, value]) => value);
    facts.replaceChildren(...known.map(([name, value]) => fact(name, value)));
    facts.hidden = !known.length;
    const now = phase.textContent.replace(/ \d+ of \d+$/, (counted) => (isLearning ? counted : ''));
    speak(`${run.id} ${now}`, `${now}${best ? `, ${dragon.percent(best.val_accuracy)} right at best` : ''}`, isPaused);
    charts.node.hidden = run.is_exact || (!epochs.length && !steps.length);
  };

  const action = (text, work, kind = '') => el('button', { type: 'button', class: `d-button ${kind}`, text, onclick: work });
  /* What is tried is this run, also where another one answers until now. */
  const tryIt = async () => {
    try {
      if ((await call('/promotions')).run !== run.id) {
        await call(`/runs/${run.id}/try`, {});
        dragon.toast(`Run ${run.id} answers in Try from now on.`, { kind: 'good', key: 'try' });
        dragon.changed();
      }
      dragon.openTab('try');
    } catch (error) { dragon.toast(error.message, { kind: 'bad' }); }
  };
  const deeper = () => { const { optimizer: _, ...values } = run.values; return values; };
  const showOver = () => {
    const words = [];
    const actions = [];
    const hasModel = run.val_accuracy != null;
    if (hasModel) {
      words.push(el('p', { class: 'd-text run-sentence', text: dragon.resultSentence(run) }));
      const more = [run.status === 'finished' ? dragon.keptSentence(run) : '', dragon.balancedSentence(run), dragon.intervalSentence(run)].filter(Boolean).join(' ');
      if (more) words.push(el('p', { class: 'd-text d-quiet', text: more }));
      actions.push(action('Try it', tryIt, 'is-primary'), action(run.hits === run.n ? 'See the details' : 'See the mistakes', () => dragon.showRun(run.id)),
        // A last layer that was computed is the best there is: more comes from deeper stages alone.
        run.is_exact && action('Train deeper', () => onAgain('balanced', deeper())));
    }
    const goOn = dragon.continueButton(run, hasModel ? '' : 'is-primary');
    if (run.status === 'finished') title.textContent = 'Trained';
    else {
      title.textContent = { failed: 'The training failed', interrupted: 'The training was cut off', stopped: 'Stopped' }[run.status] ?? run.status_words;
      const kept = hasModel ? ` What it had learned by epoch ${run.best_epoch} is kept.` : ' Nothing was kept.';
      words.unshift(el('p', { class: `d-note ${run.status === 'failed' ? 'is-bad' : 'is-warn'}`, text: run.reason + (/kept/.test(run.reason) ? '' : kept) }));
      if (!hasModel) actions.push(action(run.status === 'failed' ? 'Try again' : 'Train again', () => onAgain(run.preset, run.values), goOn ? '' : 'is-primary'));
    }
    actions.unshift(goOn);
    // What was cut off goes on as planned first; how much longer is a question for a run that ended.
    const longer = run.can_train_longer && run.status === 'finished' && createLonger(run);
    result.replaceChildren(...words, el('div', { class: 'd-row' }, ...actions.filter(Boolean)), ...[longer].filter(Boolean));
    charts.node.hidden = !epochs.length || run.is_exact;
  };

  const show = ({ best, steps }) => {
    node.hidden = false;
    const takes = run.is_final && run.epochs_done ? `, ${dragon.tookWords(run)}` : '';
    settings.textContent = `Run ${run.id}: ${run.title}${takes}. ${dragon.beganSentence(run)}`.trim();
    live.hidden = run.is_final;
    result.hidden = !run.is_final;
    if (run.is_final) showOver(); else showLive(best, steps);
    charts.show(epochs, steps, { epochs: run.epochs, kept: run.is_final ? run.best_epoch : null });
  };

  const ask = async () => {
    if (isAsking || id == null) return;
    isAsking = true;
    clearTimeout(timer);
    const asked = id;
    try {
      const answer = await call(`/runs/${asked}/progress?since=${epochs.at(-1)?.epoch ?? 0}`);
      if (asked !== id) return;
      const before = run;
      run = answer.run;
      epochs = epochs.concat(answer.epochs);
      show(answer);
      if (before?.status !== run.status) onKnown();  // the form says what its button does beside it
      if (run.is_final && before && !before.is_final) {
        speak(`${run.id} over`, run.val_accuracy == null ? `${title.textContent}. ${run.reason}` : dragon.resultSentence(run), true);
        onOver(run);
      }
    } catch { /* the header says that the app does not answer; asked again below */ } finally {
      isAsking = false;
      if (asked !== id) ask();
      else if (!run?.is_final) timer = setTimeout(() => { if (dragon.isSeen(node) || node.hidden) ask(); }, WATCH_MS);
    }
  };
  const tell = async (button, words, path) => {
    button.disabled = true;
    button.textContent = words;
    try { await call(`/runs/${id}/${path}`, {}); } catch (error) { dragon.toast(error.message, { kind: 'bad' }); }
    ask();
  };
  stop.addEventListener('click', () => tell(stop, 'Stopping \u2026', 'stop'));
  pause.addEventListener('click', async () => {
    if (run?.status !== 'paused') tell(pause, 'Pausing \u2026', 'pause');
    else if (await dragon.continueRun(id)) ask();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && run && !run.is_final) ask(); });
  dragon.on('tab', (tab) => { if (tab === 'train' && run && !run.is_final) setTimeout(ask); });
  dragon.on('online', ask);

  const look = (wanted) => {
    id = wanted;
    last = Math.max(last, wanted);
    run = null;
    epochs = [];
    ask();
  };
  /* Follow the run at work, else one that was not shown yet: it may have begun and ended between two
     polls. News older than what was started here changes nothing. */
  const follow = (active, newest) => {
    if (newest < last) return;
    if (active ? active !== id || run?.is_final : newest > last) look(active ?? newest);
  };
  return { node, follow, isOver: () => id == null || !!run?.is_final || run?.status === 'paused', run: () => run };
};
