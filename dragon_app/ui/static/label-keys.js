/* Which key does what on the Label tab, and the list of them. Knows no photo. */

const createKeys = ({ classes, act, accept, step, like, keepBest, search, isBin }) => {
  const { el, keyOf, classOfKey } = dragon;
  const LIST = [
    ['1-9, 0', 'give the class with that key; a class can have a letter of its own'],
    ['Enter', 'label as suggested; without a suggestion: show the photo large'],
    ['L', 'show the photos like this one first'],
    ['Arrows', 'choose the next photo; with Shift several, with Ctrl only move'],
    ['PgUp, PgDn, Home, End', 'go further'],
    ['Space', 'show the photo large; wheel, + and - zoom, drag moves, Esc closes'],
    ['H', 'in the large view: what a trained run looked at; once more hides it'],
    ['Ctrl-Space', 'add the photo to the chosen ones, or take it away'],
    ['Ctrl-A', 'choose all that the list shows'],
    ['Esc', 'choose none'],
    ['U, Ctrl-Z', 'undo'],
    ['Ctrl-Shift-Z', 'redo'],
    ['S', 'skip: not asked about again; once more takes it back'],
    ['B', 'among look-alikes: keep the best of the group, the rest goes to the bin'],
    ['X, Delete', 'to the bin; in the bin: put back'],
    ['Ctrl-V', 'add the photo on the clipboard'],
    ['/', 'search names'],
    ['?', 'this list'],
  ];
  const MOUSE = [
    ['Click, Tap', 'choose; with Shift a range, with Ctrl one more'],
    ['Drag', 'a photo onto a class: all chosen ones get it'],
    ['Shift-Drag', 'choose with a rectangle; beside the photos also without Shift'],
    ['Double click, Long press', 'show the photo large'],
  ];
  const help = () => {
    const shown = dragon.dialog('Keys', (box, close) => {
      const rows = (list) =>
        el(
          'dl',
          { class: 'keys-list' },
          ...list.flatMap(([keys, does]) => [
            el('dt', {}, ...keys.split(', ').map((key) => el('kbd', { class: 'd-kbd', text: key }))),
            el('dd', { text: does }),
          ]),
        );
      box.classList.add('keys');
      box.append(
        rows(LIST),
        el('h3', { class: 'd-subtitle', text: 'With the mouse or a finger' }),
        rows(MOUSE),
        el(
          'div',
          { class: 'd-actions' },
          el('button', { type: 'button', class: 'd-button is-primary', text: 'Close', onclick: close }),
        ),
      );
    });
    shown.scrollTop = 0; // the button at its foot has the focus
  };

  /* What photos are told, in the grid and in the large view. Returns whether the key was one of these. */
  const tell = (event) => {
    if (event.altKey) return false;
    const key = keyOf(event);
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand) {
      if (key === 'z') step(event.shiftKey ? 'redo' : 'undo');
      else if (key === 'y') step('redo');
      else return false;
      return true;
    }
    if (key === 'Enter') {
      if (event.target.closest('button, a, summary, select')) return false;
      return event.repeat || accept();
    }
    const its = classOfKey(classes(), event);
    const does = its
      ? () => act('class', its.id)
      : {
          u: () => step('undo'),
          s: () => act('skip'),
          l: like,
          b: keepBest,
          x: () => act(isBin() ? 'restore' : 'bin'),
          Delete: () => act(isBin() ? 'restore' : 'bin'),
          Backspace: () => act(isBin() ? 'restore' : 'bin'),
        }[key];
    if (!does) return false;
    if (!event.repeat) does(); // a key held down is one wish
    return true;
  };
  const around = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const does = { '/': search, '?': help }[event.key];
    does?.();
    return !!does;
  };
  const answered = (event, is) => {
    if (is) event.preventDefault();
    return is;
  };
  return {
    help,
    tell: (event) => !dragon.isTyping(event) && answered(event, tell(event)),
    around: (event) => !dragon.isTyping(event) && answered(event, around(event)),
  };
};
