/* One quiet line: how far the look at the photos is, who suggests, and accepting what is sure enough. */
const createHelp = ({ run, suggestions, classes, label }) => {
  const { el, count } = dragon;
  let help = null,
    model = null,
    drawn = '';
  const choose = (choice) => run(() => dragon.call('/suggestions', choice));
  const button = (text, does) =>
    el('button', { type: 'button', class: 'd-button is-quiet is-small', text, onclick: does });
  const text = el('span', { class: 'd-number', 'aria-live': 'off' });
  const pause = button('Pause', () => choose({ is_paused: !help.looking.is_paused }));
  const looking = el('span', { class: 'help-part' }, text, pause);

  const by = el('select', { class: 'd-input', 'aria-label': 'Suggestions by' });
  by.addEventListener('change', () => choose({ by: by.value }));
  const threshold = el('input', {
    class: 'd-input help-threshold',
    type: 'number',
    min: 0,
    max: 100,
    step: 5,
    value: 90,
    'aria-label': 'Sure by at least, in per cent',
  });
  const percent = () => Math.min(100, Math.max(0, Number(threshold.value) || 0));
  /* Photos of a class with too few labels are suggested as something else: the person must know. */
  const missing = () => {
    const few = help.by === 'labels' ? classes().filter((each) => !each.is_disabled && each.total < help.fewest) : [];
    if (!few.length) return '';
    const [who, has, is] = few.length > 1 ? [`${few.length} classes`, 'have', 'are'] : [few[0].name, 'has', 'is'];
    return `${who} ${has} fewer than ${help.fewest} labels and ${is} not suggested yet. `;
  };
  const acceptAll = async () => {
    const ids = suggestions.above(percent());
    const isSure = await dragon.confirm({
      title: `Label ${count(ids.length, 'photo')} as suggested?`,
      text: `All of them are suggested with ${percent()} % or more. ${missing()}One undo takes all of it back.`,
      yes: 'Label them',
    });
    if (isSure) label(ids);
  };
  const all = el('button', { type: 'button', class: 'd-button is-small', onclick: acceptAll });
  threshold.addEventListener('input', () => showAll());
  const off = button('Turn off', () => choose({ is_on: false }));
  const drafts = el(
    'span',
    { class: 'help-part' },
    el('label', { class: 'help-part' }, 'Suggested by', by),
    off,
    el('span', { class: 'help-part' }, all, el('label', { class: 'help-part' }, 'at least', threshold, '% sure')),
  );
  const isOff = el('span', { class: 'help-part' }, 'Suggestions are off', button('Turn on', () => choose({ is_on: true })));
  const problem = el('span', { role: 'status' });
  const line = el('div', { class: 'label-help d-quiet', hidden: true }, looking, drafts, isOff, problem);

  const showAll = () => {
    const n = suggestions.above(percent()).length;
    all.textContent = `Label ${count(n, 'photo')}`;
    all.disabled = !n;
  };
  const showSources = () => {
    const labels = help.who.match(/[\d,]+(?= labels$)/)?.[0];
    const runs = [...new Set([model?.run, help.by].map(String))].filter((each) => /^\d+$/.test(each));
    const sources = [
      ['labels', labels ? `${labels} labelled photos` : 'the labelled photos'],
      ...runs.map((id) => [id, `run ${id}`]),
    ];
    const key = JSON.stringify(sources);
    if (key !== drawn) by.replaceChildren(...sources.map(([value, words]) => el('option', { value, text: words })));
    drawn = key;
    by.value = help.by;
  };
  /* How far it is, in words; nothing when every photo was looked at. */
  const wordsOf = ({ done, total, is_wanted, is_paused, seconds_left: left }) => {
    if (!is_wanted || (total && done >= total)) return '';
    const far = total ? `${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : 'getting ready';
    if (is_paused) return `Looking at photos is paused at ${far}`;
    return `Looking at photos, to suggest classes and find like ones: ${far}${left ? `, about ${dragon.duration(left)} left` : ''}`;
  };
  const show = () => {
    if (!help) return;
    const words = wordsOf(help.looking);
    looking.hidden = !words;
    text.textContent = words;
    pause.textContent = help.looking.is_paused ? 'Go on' : 'Pause';
    isOff.hidden = help.is_on;
    drafts.hidden = !help.is_on || !(suggestions.size() || help.by !== 'labels');
    problem.textContent = help.problem;
    line.hidden = looking.hidden && isOff.hidden && drafts.hidden && !help.problem;
    if (drafts.hidden) return;
    showSources();
    showAll();
  };
  return {
    line,
    show,
    follow: (state) => {
      ({ help, model } = state);
      suggestions.follow(help);
      show();
    },
  };
};
