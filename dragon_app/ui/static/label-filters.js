/* The line above the grid: search, when photos were added, their part, the order. What has nothing to
   choose between is not shown. */
const createFilters = ({ board, list, onShow }) => {
  const { el } = dragon;
  const WAIT_MS = 150,
    GAP_S = 900, // photos of one import follow each other within this
    MOST_IMPORTS = 20;
  const ORDERS = [
    ['newest', 'Newest first'],
    ['useful', 'Most useful next'],
    ['oldest', 'Oldest first'],
    ['name', 'By name'],
    ['largest', 'Largest first'],
    ['smallest', 'Smallest first'],
  ];
  const PARTS = [
    [0, 'Any part'],
    [4, 'To learn from'],
    [8, 'Held-out'],
    [12, 'Kept apart'],
  ];
  const option = ([value, text]) => el('option', { value, text });
  const select = (label, options, change) => {
    const made = el('select', { class: 'd-input', 'aria-label': label, autocomplete: 'off' }, ...options.map(option));
    made.addEventListener('change', () => onShow(change(made.value)));
    return made;
  };
  let timer = 0;
  const search = el('input', {
    class: 'd-input',
    type: 'search',
    placeholder: 'Search names',
    'aria-label': 'Search names',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 200,
  });
  const searchNow = () => {
    clearTimeout(timer);
    if (search.value.trim() !== list.which().text.trim()) onShow({ text: search.value });
  };
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(searchNow, WAIT_MS);
  });
  let imports = [];
  const added = select('When they were added', [], (value) => ({ added: imports[value] ?? null }));
  const part = select('Their part', PARTS, (value) => ({ part: Number(value) }));
  const order = select('Order', ORDERS, (value) => ({ order: value }));
  const like = el('option', { value: 'like', text: 'Like one photo', hidden: true });
  order.append(like);
  const line = el('div', { class: 'label-filters', hidden: true }, search, added, part, order);

  /* Photos that came within minutes of one another are one import, newest first. */
  const importsNow = () => {
    const found = [];
    for (let row = board.size() - 1; row >= 0; row -= 1) {
      const at = board.time(row);
      const newest = found.at(-1);
      if (newest && Math.abs(newest.from - at) < GAP_S) {
        newest.from = Math.min(newest.from, at);
        newest.to = Math.max(newest.to, at);
        newest.n += 1;
      } else if (found.length === MOST_IMPORTS) {
        found.push({ from: 0, to: at, n: row + 1, isRest: true });
        break;
      } else found.push({ from: at, to: at, n: 1 });
    }
    return found;
  };
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
  let age = -1;
  const update = () => {
    const { order: by } = list.which();
    like.hidden = by !== 'like';
    if (by !== 'given') order.value = by;
    line.hidden = !board.size() || !!list.which().within;
    if (age !== board.age()) {
      age = board.age();
      imports = importsNow();
      const named = imports.map((each, i) => [
        i,
        each.isRest ? 'Earlier' : `${when.format(1000 * each.from)} (${each.n.toLocaleString('en')})`,
      ]);
      const { added: at } = list.which();
      added.replaceChildren(...[[-1, 'Added any time'], ...named].map(option));
      added.value = at ? imports.findIndex((each) => each.from <= at.to && each.to >= at.from) : -1;
    }
    added.hidden = imports.length < 2 && !list.which().added;
    let hasParts = list.which().part > 0;
    for (let row = 0; row < board.size() && !hasParts; row += 1) hasParts = board.part(row) > 0;
    part.hidden = !hasParts;
  };
  /* The list was chosen elsewhere: show what was. */
  const reflect = () => {
    const { text, part: itsPart, order: itsOrder } = list.which();
    search.value = text;
    part.value = itsPart;
    order.value = itsOrder;
  };
  const clear = () => {
    search.value = '';
    added.value = '-1';
    part.value = '0';
    onShow({ text: '', added: null, part: 0 });
  };
  return { line, search, searchNow, update, reflect, clear };
};
