/* What a training costs on this machine: asks the app, and again while it measures. */
const createCosts = ({ onNews, onMeasured }) => {
  const AGAIN_MS = 700, TYPING_MS = 300;
  const networks = new Map();  // by backbone: its stages, or the sentence that says why there are none
  let asked = null, wish = null, of = null, answer = null, timer = 0;

  const ask = async () => {
    clearTimeout(timer);
    const mine = asked;
    let fresh;
    try {
      fresh = await call('/costs', wish);
    } catch (error) {
      fresh = { status: 'failed', words: error.offline ? '' : error.message, costs: null };
    }
    if (mine !== asked) return;
    const wasMeasured = answer?.status === 'measuring' && fresh.status === 'ready';
    answer = fresh;
    onNews();
    if (wasMeasured) onMeasured();
    if (answer.status === 'measuring') timer = setTimeout(() => { if (dragon.isSeen(root)) ask(); }, AGAIN_MS);
  };
  /* The stages need no measurement: they are drawn while it goes on. */
  const look = async (backbone) => {
    if (networks.has(backbone)) return;
    networks.set(backbone, { stages: [], words: '' });
    try {
      const { stages, is_starter: isStarter, imagenet_is_here: isHere } = await call(`/backbones/${encodeURIComponent(backbone)}`);
      networks.set(backbone, { stages, hasWeights: isStarter || isHere, words: stages.length ? '' : `${backbone} cannot be divided into stages.` });
    } catch (error) {
      if (error.offline) networks.delete(backbone);
      else networks.set(backbone, { stages: [], words: error.message });
    }
    onNews();
  };
  /* Ask what these settings cost, unless that is known; where the border lies changes nothing. */
  const show = (preset, { freeze: _, ...values }, { backbone, photos }) => {
    const key = JSON.stringify([preset, values, photos]);
    if (key === asked) return;
    if (backbone !== of) answer = null;  // else the old numbers stand until the new ones are there
    of = backbone;
    clearTimeout(timer);
    timer = setTimeout(ask, asked == null ? 0 : TYPING_MS);
    asked = key;
    wish = { preset, values };
  };
  /* Something was in the way, or went by while nobody looked. */
  const again = () => { if (answer && answer.status !== 'ready') ask(); };
  dragon.on('tab', (tab) => { if (tab === 'train') setTimeout(again); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && root.isConnected) again(); });

  /* The stages as the list knows them hold at the network's own size; once measured, at the chosen one. */
  const network = (backbone) => {
    const known = networks.get(backbone);
    return known?.stages.length && backbone === of && answer?.costs ? { ...known, stages: answer.costs.stages } : known;
  };
  return { show, look, again, network, answer: () => answer };
};
