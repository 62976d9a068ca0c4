/* Several photos at once: one line each, how many of what, and all of it as a table to keep. */
const createList = ({ isNone }) => {
  const { el, percent, count } = dragon;
  const words = el('p', { class: 'd-text', role: 'status' });
  const refused = el('p', { class: 'd-text d-error' });
  const save = el('button', { type: 'button', class: 'd-button is-small', text: 'Download as CSV' });
  const head = el('div', { class: 'd-stack tried-head' }, words, refused, el('div', { class: 'd-row' }, save));
  const lines = el('ul', { class: 'tried' });
  const node = el('div', { class: 'd-stack' }, head, lines);
  let answers = [];

  const best = (answer) => answer?.classes[0];
  const said = ({ name, probability }) => `${name} ${percent(probability)}`;
  const line = ({ url, answer, other, run }) => {
    const image = el('img', { src: url, alt: '', loading: 'lazy' });
    image.addEventListener('error', () => image.classList.add('is-broken'));
    const first = best(answer);
    const next = answer.classes.slice(isNone(answer) ? 0 : 1, 3).map(said).join(', ');
    const text = el(
      'div',
      { class: 'tried-words' },
      el('span', { class: 'tried-name d-cut', text: !first ? 'Not read' : isNone(answer) ? 'None of these' : first.name }),
      el('span', {
        class: `d-quiet ${first ? 'd-cut' : 'tried-reason'}`,
        text: first ? answer.name : `${answer.name} ${answer.error}.`,
        title: answer.name,
      }),
    );
    if (next) text.append(el('span', { class: 'd-quiet d-cut', text: `then ${next}` }));
    if (best(other)) {
      const differs = best(other).name !== first?.name;
      text.append(el('span', { class: differs ? 'tried-differs' : 'd-quiet', text: `Run ${run}: ${said(best(other))}` }));
    }
    return el('li', {}, image, text, el('span', { class: 'd-number', text: first && !isNone(answer) ? percent(first.probability) : '' }));
  };

  const summary = () => {
    const counts = new Map();
    for (const { answer } of answers) {
      const name = isNone(answer) ? 'None of these' : best(answer)?.name;
      if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
    words.textContent = `${count(answers.length, 'photo')}: ${most.map(([name, n]) => `${name} ${n.toLocaleString('en')}`).join(', ')}${counts.size > 5 ? ', \u2026' : ''}`;
    const lost = answers.filter(({ answer }) => !best(answer)).map(({ answer }) => answer.name);
    refused.textContent = lost.length ? `Not read: ${lost.slice(0, 10).join(', ')}${lost.length > 10 ? ` and ${lost.length - 10} more` : ''}.` : '';
    save.disabled = lost.length === answers.length;
  };

  /* A spreadsheet would compute a cell that begins like a formula: an apostrophe keeps it a text. */
  const cell = (value) => {
    const text = /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const csv = () => {
    const names = answers.find(({ answer }) => best(answer)).answer.classes.map((each) => each.name).sort();
    const rows = answers.map(({ answer }) => {
      const share = new Map(answer.classes.map((each) => [each.name, each.probability.toFixed(6)]));
      const first = best(answer);
      return [answer.name, isNone(answer) ? 'none of these' : first?.name ?? '', first ? first.probability.toFixed(6) : '', answer.error, ...names.map((name) => share.get(name) ?? '')];
    });
    return [['name', 'class', 'probability', 'not read because', ...names], ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
  };
  save.addEventListener('click', () => {
    const url = URL.createObjectURL(new Blob(['\ufeff', csv()], { type: 'text/csv' }));
    el('a', { href: url, download: 'answers.csv' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });

  const add = (items) => {
    answers.push(...items);
    lines.append(...items.map(line));
    node.hidden = false;
    summary();
  };
  const again = () => {
    lines.replaceChildren(...answers.map(line));
    if (answers.length) summary();
  };
  const clear = () => {
    answers = [];
    lines.replaceChildren();
    node.hidden = true;
  };
  clear();
  return { node, add, again, clear };
};
