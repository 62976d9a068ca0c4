/* What Train, Results and Try say about a run, in the same words everywhere. */
Object.assign(window.dragon, (() => {
  const { percent } = window.dragon;
  const FEW = 100;  // held-out photos below which the share alone would promise too much

  /* "Right on 37 of 40 held-out photos (93 %)." and, when few, how far off that may be. */
  const resultSentence = (run) => `Right on ${run.hits} of ${run.n} held-out photos (${percent(run.val_accuracy)}).`;
  const intervalSentence = (run) => (run.n >= FEW ? ''
    : `With so few photos to measure on, the true share may lie anywhere from ${percent(run.low)} to ${percent(run.high)}.`);

  /* "Reading photos 120 of 240", "Epoch 3 of 12": what a run is doing now. */
  const phaseSentence = (run) => {
    const { phase, done, total, epoch, epochs } = run.progress;
    if (run.is_stopping) return 'Stopping after this batch';
    if (run.status === 'queued') return 'Waiting for its turn';
    if (phase === 'Learning' || phase === 'Measured') return `Epoch ${epoch} of ${epochs}`;
    return total ? `${phase} ${done} of ${total}` : phase || 'Starting';
  };
  const when = (iso) => new Date(iso).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

  /* Another tab shows a run next: remembered here, since that tab may not be there yet. */
  let wanted = null;
  const showRun = (id) => { wanted = id; window.dragon.openTab('results'); window.dragon.changed('run'); };
  const wantedRun = () => { const id = wanted; wanted = null; return id; };

  /* Whether a component can be seen: tabs that are not shown poll nothing. */
  const isSeen = (node) => node.isConnected && !document.hidden && node.offsetParent !== null;

  return { resultSentence, intervalSentence, phaseSentence, when, showRun, wantedRun, isSeen };
})());
