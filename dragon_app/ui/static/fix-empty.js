/* What stands in place of the list while it holds nothing, and how far the look at the photos is. */
const createFixEmpty = ({ onShowAll }) => {
  const { el } = dragon;
  const title = el('h2', { class: 'd-title' });
  const words = el('p', { class: 'd-text' });
  const ways = el('div', { class: 'd-row fix-ways' });
  const node = el('div', { class: 'd-empty fix-empty', hidden: true }, title, words, ways);
  const said = el('span');
  const bar = el('i');
  const progress = el('div', { class: 'd-progress', role: 'progressbar', 'aria-label': 'How many photos were looked at' }, bar);
  const line = el('div', { class: 'fix-progress d-quiet', hidden: true }, said, progress);
  const way = (text, does) => el('button', { type: 'button', class: 'd-button', text, onclick: does });
  const to = (tab, text = `Go to ${tab[0].toUpperCase()}${tab.slice(1)}`) => [text, () => dragon.openTab(tab)];

  /* A title, a sentence, and the ways on, the likeliest first. */
  const about = (told, { kind, model, isTraining }) => {
    if (told.status === 'empty') return ['Nothing to look at yet', told.words, to('label')];
    if (kind && told.all) return ['None of this kind is left', 'Other reasons still have photos.', ['Show all', onShowAll]];
    if (told.status === 'few') return ['Nothing to fix so far', `No photo is broken, dark or blurred. ${told.words}`, to('label')];
    if (told.status === 'working') return ['Still looking', 'Photos that are worth another look appear here.'];
    if (told.status === 'waiting') return ['The list waits', told.words, ...(isTraining ? [to('train', 'Watch it learn')] : [])];
    const [title, none] = ['Well done: nothing stands out', 'No photo needs another look.'];
    if (isTraining) return [title, `${none} A run is learning from them.`, to('train', 'Watch it learn')];
    if (model) return [title, `${none} Show run ${model.run} a photo that it has not seen, or look at how good it is.`, to('try'), to('results')];
    return [title, `${none} Train on what you have, or add more photos.`, to('train')];
  };
  const showProgress = ({ status, words: told, done, total, findings }) => {
    const isBusy = status === 'working';
    line.hidden = !isBusy && !(findings.length && told);
    progress.hidden = !isBusy || !total;
    said.textContent = told;
    bar.style.width = total ? `${(100 * done) / total}%` : '0';
    progress.setAttribute('aria-valuenow', total ? Math.round((100 * done) / total) : 0);
  };
  /* `n` are the photos that the list shows, `model` the run that answers in Try, if any. */
  let drawn = '';
  const show = (told, { kind, n, model, isTraining }) => {
    showProgress(told);
    node.hidden = n > 0;
    if (n) return;
    const [head, text, ...on] = about(told, { kind, model, isTraining });
    title.textContent = head;
    words.textContent = text;
    const key = on.map(([each]) => each).join();
    if (key === drawn) return; // a button with the focus keeps it
    drawn = key;
    ways.hidden = !on.length;
    ways.replaceChildren(...on.map(([each, does]) => way(each, does)));
    ways.firstChild?.classList.add('is-primary');
  };
  return { node, line, show };
};
