/* What stands in place of the list while it holds nothing, and how far the look at the photos is. */
const createFixEmpty = ({ onShowAll }) => {
  const { el } = dragon;
  const title = el('h2', { class: 'd-title' });
  const words = el('p', { class: 'd-text' });
  const next = el('button', { type: 'button', class: 'd-button is-primary' });
  const node = el('div', { class: 'd-empty fix-empty', hidden: true }, title, words, next);
  const said = el('span');
  const bar = el('i');
  const progress = el('div', { class: 'd-progress', role: 'progressbar', 'aria-label': 'How many photos were looked at' }, bar);
  const line = el('div', { class: 'fix-progress d-quiet', hidden: true }, said, progress);
  let goes = () => {};
  next.addEventListener('click', () => goes());
  const go = (tab) => () => dragon.openTab(tab);

  const about = (told, kind) => {
    if (told.status === 'empty')
      return ['Nothing to look at yet', told.words, 'Go to Label', go('label')];
    if (kind && told.all) return ['None of this kind is left', 'Other reasons still have photos.', 'Show all', onShowAll];
    if (told.status === 'few')
      return ['Nothing to fix so far', `No photo is broken, dark or blurred. ${told.words}`, 'Go to Label', go('label')];
    if (told.status === 'working')
      return ['Still looking', 'Photos that are worth another look appear here.', '', null];
    if (told.status === 'waiting') return ['The list waits', told.words, '', null];
    return ['Well done: nothing stands out', 'No photo needs another look. Train on what you have, or add more photos.', 'Go to Train', go('train')];
  };
  const showProgress = ({ status, words: told, done, total, findings }) => {
    const isBusy = status === 'working';
    line.hidden = !isBusy && !(findings.length && told);
    progress.hidden = !isBusy || !total;
    said.textContent = told;
    bar.style.width = total ? `${(100 * done) / total}%` : '0';
    progress.setAttribute('aria-valuenow', total ? Math.round((100 * done) / total) : 0);
  };
  /* `n` are the photos that the list shows. */
  const show = (told, { kind, n }) => {
    showProgress(told);
    node.hidden = n > 0;
    if (n) return;
    const [head, text, does, run] = about(told, kind);
    title.textContent = head;
    words.textContent = text;
    next.hidden = !does;
    next.textContent = does;
    goes = run ?? (() => {});
  };
  return { node, line, show };
};
