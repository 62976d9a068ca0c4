/* Which key does what on the Fix tab, and the list of them. Knows no photo. */
const createFixKeys = ({ classes, act, suggest, step, move, large, hasPhoto }) => {
  const { el, keyOf, classOfKey } = dragon;
  const LIST = [
    ['Enter', 'give the suggested class'],
    ['K', 'not a mistake: keep the photo as it is; it is not listed again while it has this class'],
    ['1-9, 0', 'give the class with that key, as on Label; its own class keeps it as it is'],
    ['X, Delete', 'to the bin'],
    ['Space', 'show the photo large; wheel, + and - zoom, drag moves, Esc closes'],
    ['H', 'in the large view: what a trained run looked at; once more hides it'],
    ['Arrows', 'skip to the next photo, or back'],
    ['Home, End', 'the first, the last'],
    ['U, Ctrl-Z', 'undo'],
    ['Ctrl-Shift-Z', 'redo'],
    ['?', 'this list'],
  ];
  const help = () =>
    dragon.dialog('Keys', (box, close) => {
      box.classList.add('keys');
      box.append(
        el(
          'dl',
          { class: 'keys-list' },
          ...LIST.flatMap(([keys, does]) => [
            el('dt', {}, ...keys.split(', ').map((key) => el('kbd', { class: 'd-kbd', text: key }))),
            el('dd', { text: does }),
          ]),
        ),
        el('div', { class: 'd-actions' }, el('button', { type: 'button', class: 'd-button is-primary', text: 'Close', onclick: close })),
      );
    });
  const MOVES = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, Home: -Infinity, End: Infinity };

  const command = (event) => {
    const key = keyOf(event);
    if (key === 'z') return () => step(event.shiftKey ? 'redo' : 'undo');
    return key === 'y' ? () => step('redo') : null;
  };
  const plain = (event) => {
    if (event.key === '?') return help;
    const key = keyOf(event);
    if (key === 'u') return () => step('undo');
    if (!hasPhoto()) return null;
    if (event.key in MOVES) return () => move(MOVES[event.key]);
    if (key === 'Enter' || key === ' ') return event.target.closest('button, a, summary') ? null : key === ' ' ? large : suggest;
    const its = classOfKey(classes(), event);
    if (its) return () => act('class', its.id);
    return { k: () => act('keep'), x: () => act('bin'), Delete: () => act('bin'), Backspace: () => act('bin') }[key] ?? null;
  };
  /* Does what a key means; a key held down moves on, and is else one wish. */
  const tell = (event) => {
    if (event.altKey || dragon.isTyping(event) || event.target.closest('[role="tab"]')?.matches(':focus-visible')) return;
    const does = event.ctrlKey || event.metaKey ? command(event) : plain(event);
    if (!does) return;
    event.preventDefault();
    if (!event.repeat || event.key in MOVES) does();
  };
  return { help, tell };
};
