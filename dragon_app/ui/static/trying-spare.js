/* Another run, offered where the one that answers is damaged or gone: one press lets it answer. */
const createSpare = ({ onChosen }) => {
  const { el, call, percent } = dragon;
  const words = el('span');
  const take = el('button', { type: 'button', class: 'd-button is-small is-primary' });
  const node = el('p', { class: 'd-text d-row', role: 'status', hidden: true }, words, take);
  let asked = 0, // grows when what was asked no longer counts
    isAsked = false;

  const choose = async (id) => {
    take.disabled = true;
    try {
      await call(`/runs/${id}/try`, {});
      dragon.changed();
      onChosen();
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad', key: 'try' });
    }
    take.disabled = false;
  };
  /* After a refusal: the app tells whether the model is the reason, and which other one can be read. */
  const offer = async () => {
    if (isAsked) return;
    isAsked = true;
    const mine = asked;
    const { run, val_accuracy: accuracy } = await call('/promotions/spare').catch(() => ({ run: null }));
    if (mine !== asked || run === null) return;
    words.textContent = `Run ${run} can be read${accuracy == null ? '' : `: right on ${percent(accuracy)} of held-out photos`}.`;
    take.textContent = `Let run ${run} answer`;
    take.onclick = () => choose(run);
    node.hidden = false;
  };
  const clear = () => {
    asked += 1;
    isAsked = false;
    node.hidden = true;
  };
  return { node, offer, clear };
};
