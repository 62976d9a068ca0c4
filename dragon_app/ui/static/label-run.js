/* The photos of a run as they were when it began: which, in which class, and what changed since. */
const createRunView = ({ onShow, onLeave }) => {
  const { el, count } = dragon;
  let run = null; // what the app told about it; null while no run is looked at
  const words = el('span', { 'aria-live': 'polite' });
  const which = el('select', { class: 'd-input', 'aria-label': 'Which photos of the run' });
  const line = el(
    'div',
    { class: 'd-row label-run', hidden: true },
    words,
    which,
    el('button', {
      type: 'button',
      class: 'd-button is-small',
      text: 'Back to all photos',
      onclick: () => onLeave(),
    }),
  );
  const leave = () => {
    run = null;
    line.hidden = true;
  };
  const option = (value, text) => el('option', { value, text });
  const chosen = () => {
    if (which.value === 'all') return new Set(run.ids);
    if (which.value === 'changed') return new Set(run.changed);
    return new Set(run.ids.filter((_, i) => run.targets[i] === Number(which.value)));
  };
  which.addEventListener('change', () => onShow(chosen()));

  const open = async (id) => {
    try {
      run = await dragon.call(`/runs/${id}/photos`, undefined, { seconds: 30 });
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad' });
      return;
    }
    words.textContent = `${run.words} The photos show their class of today.`;
    const sizes = run.classes.map((_, target) => run.targets.filter((each) => each === target).length);
    which.replaceChildren(
      option('all', 'All that are here'),
      ...run.classes.map((name, target) => option(target, `Then ${name} (${sizes[target].toLocaleString('en')})`)),
      ...(run.changed.length ? [option('changed', `${count(run.changed.length, 'photo')} changed since`)] : []),
    );
    which.value = 'all';
    line.hidden = false;
    onShow(chosen());
  };
  return { line, open, leave, run: () => run?.run ?? null, heading: () => (run ? `Photos of run ${run.run}` : null) };
};
