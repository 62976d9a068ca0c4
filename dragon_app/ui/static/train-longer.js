/* "Train longer": for how many more epochs a run that is over goes on, and what that does. */
const createLonger = (run) => {
  const more = el('input', { id: 'train-longer', type: 'number', class: 'd-input longer-epochs', min: 1, max: 1000, step: 1, inputmode: 'numeric' });
  more.value = run.epochs;
  const words = el('p', { id: 'train-longer-words', class: 'd-text d-quiet' });
  const go = el('button', { type: 'button', class: 'd-button', text: 'Train longer', 'aria-describedby': 'train-longer-words' });
  const count = () => (more.checkValidity() ? Number(more.value) : 0);
  const show = () => {
    const asked = count();
    go.disabled = !asked;
    words.textContent = asked ? `The same run goes on to epoch ${run.epochs_done + asked}, on the same photos. The learning rate moves as if that had been the plan.`
      : 'Say for how many more epochs: 1 to 1000.';
  };
  go.addEventListener('click', async () => { go.disabled = true; if (!(await dragon.extendRun(run.id, count()))) show(); });
  more.addEventListener('input', show);
  more.addEventListener('keydown', (event) => { if (event.key === 'Enter' && !go.disabled) go.click(); });
  show();
  return el('div', { class: 'longer' }, el('div', { class: 'd-row' }, go, el('label', { class: 'd-row d-quiet', for: 'train-longer' }, more, el('span', { text: 'more epochs' }))), words);
};
