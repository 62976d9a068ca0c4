/* Advanced: every setting with a hint, its range and a way back to the preset's own value.
   `extras` by setting: what stands `beside` its field, and `below` it across the whole width. */
const createAdvanced = ({ weights, extras, onChange, onOpen }) => {
  const groups = el('div', { class: 'advanced-groups' });
  const resetAll = el('button', { type: 'button', class: 'd-button is-small', text: 'Reset all', disabled: true,
    onclick: () => { values = {}; fill(); changed(); } });
  const summary = el('summary', {}, el('span', { text: 'Advanced' }), el('span', { class: 'd-quiet advanced-count' }));
  const node = el('details', { class: 'advanced' }, summary,
    el('div', { class: 'advanced-head' }, el('p', { class: 'd-text d-quiet', text: 'Every setting, as the preset has it until you change it.' }), resetAll), groups);
  const rows = new Map();
  let preset = null, values = {}, problems = {}, checking = 0;

  const text = (value) => (value == null ? '' : String(value));
  /* Steps in place of a computed last layer have the usual number of epochs. */
  const unchanged = (name) => (name === 'epochs' && preset.config.optimizer === 'exact' && values.optimizer ? preset.usual_epochs : preset.config[name]);
  const current = (name) => (name in values ? values[name] : unchanged(name));
  /* What means nothing beside the other settings is kept, and neither counts nor is sent. */
  const isUsed = (name) => { const only = rows.get(name)?.setting.only_if; return !only || only[1].includes(text(current(only[0]))); };
  const used = () => Object.fromEntries(Object.entries(values).filter(([name]) => isUsed(name)));
  const config = () => ({ ...preset.config, epochs: unchanged('epochs'), ...used() });

  const take = (name, value) => {
    if (text(value) === text(unchanged(name))) delete values[name];
    else values[name] = value;
  };
  const row = (setting) => {
    const id = `setting-${setting.name}`;
    const isChoice = setting.options.length || setting.name === 'backbone';
    const input = isChoice
      ? el('select', { id, class: 'd-input' }, ...setting.options.map(([value, label]) => el('option', { value, text: label })))
      : el('input', { id, class: 'd-input d-number', type: 'text', autocomplete: 'off', spellcheck: 'false',
        inputmode: setting.least == null ? 'text' : 'decimal', placeholder: setting.name === 'image_size_px' ? 'the weights\u2019 own' : '' });
    const problem = el('p', { class: 'd-text d-error', id: `${id}-error`, hidden: true });
    const own = el('span', { class: 'd-quiet' });
    const reset = el('button', { type: 'button', class: 'd-button is-quiet is-icon is-small', hidden: true,
      'aria-label': `Reset ${setting.label}`, title: 'Back to the preset', onclick: () => { delete values[setting.name]; fill(); changed(); input.focus(); } }, icon('undo'));
    input.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
    const made = el('div', { class: 'd-field setting' }, el('label', { for: id, text: setting.label }),
      el('div', { class: 'setting-line' }, input, reset, extras[setting.name]?.beside ?? ''), problem,
      el('p', { class: 'd-text d-quiet', id: `${id}-hint` }, `${setting.hint} `, el('span', { text: setting.range ? `${setting.range[0].toUpperCase()}${setting.range.slice(1)}.` : '' }), ' ', own));
    input.addEventListener(isChoice ? 'change' : 'input', () => {
      take(setting.name, input.value);
      if (setting.name === 'weights' && input.value !== 'file') delete values.weights_file; // its field is hidden now
      fill(input);
      changed();
    });
    rows.set(setting.name, { made, input, problem, reset, own, setting });
    return [made, extras[setting.name]?.below].filter(Boolean);
  };
  const build = (settings) => {
    if (rows.size) return;
    const titles = [...new Set(settings.map(({ group }) => group))];
    groups.append(...titles.map((title) => el('fieldset', { class: 'advanced-group' },
      el('legend', { class: 'd-subtitle', text: title }), ...settings.filter(({ group }) => group === title).flatMap(row))));
  };

  const inWords = ({ setting, input }, value) => {
    if (value == null) return 'empty';
    const option = [...(input.options ?? [])].find((each) => each.value === text(value));
    return setting.name === 'backbone' || !option ? text(value) : option.textContent;
  };
  /* Writes what counts into every field but the one being typed in. */
  const fill = (typing = null) => {
    for (const [name, each] of rows) {
      if (each.input !== typing) {
        const value = text(current(name));
        if (each.input.options && ![...each.input.options].some((option) => option.value === value)) each.input.append(el('option', { value, text: value, 'data-stage': name === 'freeze' }));
        each.input.value = value;
      }
      each.reset.hidden = !(name in values);
      each.own.textContent = name in values ? `Preset: ${inWords(each, unchanged(name))}.` : '';
      each.problem.textContent = problems[name] ?? '';
      each.problem.hidden = !problems[name];
      each.input.setAttribute('aria-invalid', String(!!problems[name]));
    }
    for (const { made, setting: { name } } of rows.values()) {
      made.hidden = !isUsed(name);
      if (extras[name]?.below) extras[name].below.hidden = made.hidden;
    }
    const count = Object.keys(used()).length;
    resetAll.disabled = !count;
    summary.lastChild.textContent = count ? `${dragon.count(count, 'setting')} changed` : '';
  };
  /* The app itself says what is wrong, so that page and shell never differ. */
  const changed = () => {
    onChange();
    clearTimeout(checking);
    checking = setTimeout(async () => {
      const asked = JSON.stringify([preset.id, used()]);
      try {
        const answer = await call('/settings', { preset: preset.id, values: used() });
        if (asked !== JSON.stringify([preset.id, used()])) return;
        showProblems(answer.problems, answer.seconds);
      } catch { /* the start checks again */ }
    }, 200);
  };
  const showProblems = (fresh, seconds = null) => {
    problems = fresh;
    fill(document.activeElement?.closest?.('.advanced') ? document.activeElement : null);
    onChange(seconds);
  };

  const listBackbones = async () => {
    const { input } = rows.get('backbone');
    const wait = el('option', { text: 'Loading the list \u2026', disabled: true });
    input.append(wait);
    try {
      const infos = await weights.load();
      input.replaceChildren(...infos.map((info) => el('option', { value: info.name, text: `${info.name} (${(info.parameters / 1e6).toFixed(1)} million weights)`
        + (info.imagenet_is_here ? ', ImageNet here' : info.is_starter ? ', starter' : '') })));
      fill();
      onChange();
    } catch (error) { wait.textContent = `The list did not load: ${error.message}`; }
  };
  /* Freezing by stage: all but the last one and all of them have names of their own. */
  const showStages = (stages) => {
    const select = rows.get('freeze').input;
    if (select.dataset.stages === String(stages)) return;
    select.dataset.stages = stages;
    select.querySelectorAll('[data-stage]').forEach((option) => option.remove());
    select.append(...Array.from({ length: Math.max(0, stages - 2) }, (_, i) => el('option', { value: i + 1, 'data-stage': '', text: `The first ${i + 1} of ${stages} stages` })));
    fill(document.activeElement);
  };
  const change = (name, value) => { take(name, value); fill(); changed(); };
  node.addEventListener('toggle', () => {
    if (node.open && !weights.infos()) listBackbones();
    if (node.open) onOpen();
  });
  const focus = (name) => rows.get(name).input.focus();

  return { node, config, change, focus, showStages, showProblems, values: used, wrong: () => Object.keys(problems).length,
    show: (settings, fresh) => { const isOther = preset?.id !== fresh.id; preset = fresh; build(settings); if (isOther) { problems = {}; fill(); if (Object.keys(values).length) changed(); } },
    forget: (name) => { if (name in values) { delete values[name]; fill(); changed(); } },
    set: (fresh) => {
      values = Object.fromEntries(Object.entries(fresh).filter(([name]) => rows.has(name)));  // kept by an older version, perhaps
      fill();
      changed();
    } };
};
