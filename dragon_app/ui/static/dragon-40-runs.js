/* What Train, Results and Try say about a run, in the same words everywhere. */
Object.assign(window.dragon, (() => {
  const { percent, range, count, duration } = window.dragon;
  const FEW = 100;  // held-out photos below which the share alone would promise too much
  const TOO_FEW = 30;  // below which even the interval says next to nothing

  /* "Right on 37 of 40 held-out photos (93 %)." and, when few, how far off that may be. */
  const resultSentence = (run) => `Right on ${run.hits} of ${run.n} held-out photos (${percent(run.val_accuracy)}).`;
  const intervalSentence = (run) => (run.n >= FEW ? `On other photos like these, likely ${range(run)}.`
    : `With so few held-out photos, likely anywhere from ${range(run)} on others.`);

  /* What to think of a share that stands on few photos; nothing where there are enough. */
  const fewSentence = (run) => (run.n >= FEW ? '' : run.n >= TOO_FEW
    ? `${count(run.n, 'held-out photo')} are few: small differences between runs mean nothing.`
    : `${count(run.n, 'photo')}: this number means little. Label more photos for one to rely on.`);

  /* What the share alone would hide where most photos are of a few classes. */
  const balancedSentence = (run) => (run.is_unequal ? `With every class counting alike: ${percent(run.balanced_accuracy)}.` : '');

  /* Which epoch the model is of, and why a run ended before its last one. */
  const keptSentence = (run) => (run.status === 'finished' && run.reason ? run.reason : !run.best_epoch || run.is_exact ? '' : run.epochs_done > 1
    ? `The best of ${run.epochs_done} epochs is kept: epoch ${run.best_epoch}.` : 'Its one epoch is kept.');
  const tookWords = (run) => (run.is_exact ? duration(run.seconds) : `${count(run.epochs_done, 'epoch')} in ${duration(run.seconds)}`);
  const beganSentence = (run) => (!run.weights ? '' : /^starter/.test(run.weights) ? 'It began from the starter network.'
    : /^none/.test(run.weights) ? 'It began from nothing.' : /^ImageNet/.test(run.weights) ? 'It began from ImageNet\u2019s weights.' : `It began from ${run.weights}.`);

  /* What training still lacks, short: the first two, then how many more. */
  const missingWords = (missing) => {
    const more = missing.length - 2;
    return more > 0 ? [...missing.slice(0, 2), `and ${more} more ${more === 1 ? 'class needs' : 'classes need'} photos`] : missing;
  };

  /* "Reading photos 120 of 240", "Epoch 3 of 12": what a run is doing now. */
  const phaseSentence = (run) => {
    const { phase, done, total, epoch, epochs } = run.progress;
    if (run.is_pausing) return 'Pausing after this batch';
    if (run.is_stopping) return 'Stopping after this batch';
    if (run.status === 'paused') return epoch ? `Paused in epoch ${epoch} of ${run.epochs}` : 'Paused';
    if (run.status === 'queued') return 'Waiting for its turn';
    if (run.is_exact && epoch) return 'Computing the last layer';
    if (phase === 'Learning' || phase === 'Measured') return `Epoch ${epoch} of ${epochs}`;
    if (/^Starting from/.test(phase)) return 'Loading the network';
    return total ? `${phase} ${done} of ${total}` : phase || 'Starting';
  };
  const when = (iso) => new Date(iso).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

  /* Another tab shows a run next: remembered here, since that tab may not be there yet. */
  let wanted = null;
  const showRun = (id) => { wanted = id; window.dragon.openTab('results'); window.dragon.changed('run'); };
  const wantedRun = () => { const id = wanted; wanted = null; return id; };

  /* Likewise Fix: of which kind the photos are, and at which one it begins. */
  let wantedPhotos = null;
  const showFix = (photos) => { wantedPhotos = photos; window.dragon.openTab('fix'); };
  const wantedFix = () => { const photos = wantedPhotos; wantedPhotos = null; return photos; };

  /* Let a run go on that was paused or cut off, or one that is over for some more epochs; true when it does. */
  const goOn = async (id, path, body) => {
    try {
      const { run } = await window.dragon.call(`/runs/${id}/${path}`, body);
      window.dragon.toast(`Run ${id} goes on${run.extended_at.length && path === 'extend' ? ` to epoch ${run.epochs}` : ''}.`, { kind: 'good', key: 'run' });
    } catch (error) {
      window.dragon.toast(error.message, { kind: 'bad' });
      return false;
    }
    await window.dragon.changed('run');
    return true;
  };
  const continueRun = (id) => goOn(id, 'resume', {});
  const extendRun = (id, epochs) => goOn(id, 'extend', { epochs });
  /* The button for a run that was cut off, null for one that was not. */
  const continueButton = (run, kind = '') => (!run.can_go_on ? null : window.dragon.el('button', { type: 'button', class: `d-button ${kind}`, text: 'Continue',
    onclick: async (event) => { const button = event.currentTarget; button.disabled = true; button.disabled = await continueRun(run.id); } }));

  /* Whether a component can be seen: tabs that are not shown poll nothing. */
  const isSeen = (node) => node.isConnected && !document.hidden && node.offsetParent !== null;

  return { resultSentence, intervalSentence, fewSentence, balancedSentence, keptSentence, tookWords, beganSentence, missingWords, phaseSentence, when, showRun, wantedRun, showFix, wantedFix, isSeen,
    continueRun, extendRun, continueButton };
})());
