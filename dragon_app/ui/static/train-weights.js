/* Which weights a run starts from, and fetching ImageNet's: one at a time, shown in every tab. */
const createWeights = ({ onHere }) => {
  const words = el('p', { class: 'd-text d-quiet' });
  const state = el('p', { class: 'd-text d-quiet d-number', 'aria-live': 'polite' });
  const bar = el('div', { class: 'd-progress', hidden: true }, el('i'));
  const button = el('button', { type: 'button', class: 'd-button is-small', hidden: true });
  const list = createWeightsList({ onOpen: () => load().then(() => show(wish), (error) => { state.textContent = error.message; }) });
  const node = el('div', { class: 'weights' }, words, list.node, button, bar, state);
  let infos = null, wish = null, timer = 0, loading = null;

  /* Asks the app for the list of networks; the first time this loads the training engine. */
  const load = () => {
    loading ??= call('/backbones').then((answer) => {
      infos = answer.backbones;
      showFetch(answer.fetch);
      return infos;
    }).finally(() => { loading = null; });
    return loading;
  };
  const info = () => infos?.find((each) => each.name === wish?.backbone);

  /* What a run begins from: by itself, the best that is on this machine. */
  const source = ({ weights }, known) => (weights !== 'auto' ? weights : known?.imagenet_is_here ? 'imagenet' : known?.is_starter ? 'starter' : 'none');

  /* Whether a run would begin from random weights; undefined while that is not known. */
  const isNothing = (config) => {
    const known = infos?.find((each) => each.name === config.backbone);
    return known || config.weights !== 'auto' ? source(config, known) === 'none' : undefined;
  };

  const show = (config) => {
    wish = config;
    const known = info();
    const net = config.backbone;
    button.hidden = true;
    list.show(known, source(config, known));
    if (config.weights === 'none') words.textContent = 'Starts from nothing: that needs many photos and many epochs.';
    else if (config.weights === 'file') words.textContent = 'Starts from your file.';
    else if (config.weights === 'starter') words.textContent = 'Starts from the starter that comes with Dragon.';
    else if (!known) {
      words.textContent = 'Starts from ImageNet\u2019s weights if they are on this machine, else from the starter that comes with Dragon.';
    } else if (known.imagenet_is_here) words.textContent = `Starts from ImageNet\u2019s weights of ${net}, which are on this machine.`;
    else {
      words.textContent = config.weights === 'imagenet' ? `ImageNet\u2019s weights of ${net} are not on this machine yet: they are fetched first.`
        : known.is_starter ? 'Starts from the starter that comes with Dragon. ImageNet\u2019s weights usually do better.'
          : `There are no weights for ${net} on this machine: it would start from nothing.`;
      button.hidden = known.imagenet_megabytes == null;
      button.textContent = `Fetch ImageNet\u2019s weights (${Math.round(known.imagenet_megabytes)} MB)`;
    }
  };
  const showFetch = (fetch) => {
    clearTimeout(timer);
    const isBusy = fetch.status === 'fetching';
    const percent = fetch.total_bytes ? Math.round((fetch.done_bytes / fetch.total_bytes) * 100) : 0;
    bar.hidden = !isBusy;
    bar.firstChild.style.width = `${percent}%`;
    button.disabled = isBusy;
    state.classList.toggle('d-error', fetch.status === 'failed');
    if (isBusy) {
      state.textContent = `Fetching the weights of ${fetch.backbone}: ${Math.round(fetch.done_bytes / 1e6)} of ${Math.round(fetch.total_bytes / 1e6)} MB`;
      timer = setTimeout(async () => { try { showFetch(await call('/fetch')); } catch { timer = setTimeout(() => showFetch(fetch), 2000); } }, 500);
    } else if (fetch.status === 'failed') {
      state.textContent = `Not fetched. ${fetch.error}`;
    } else if (fetch.status === 'done' && fetch.backbone === wish?.backbone) {
      state.textContent = `The weights of ${fetch.backbone} are here.`;
      const known = info();
      if (known && !known.imagenet_is_here) { known.imagenet_is_here = true; show(wish); onHere(); }
    } else state.textContent = '';
  };
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      showFetch(await call(`/backbones/${encodeURIComponent(wish.backbone)}/fetch`, {}));
    } catch (error) {
      button.disabled = false;
      state.textContent = error.message;
    }
  });
  return { node, show, load, isNothing, infos: () => infos };
};
