/* A surer number for few photos: each is held out in turn, when somebody asks for it. The app does it,
   so that a page loaded anew shows that it goes on. */
const createFolds = () => {
  const { el, call } = dragon;
  const ASK_MS = 500;

  /* Below the warning that a number stands on few photos. */
  return ({ id }) => {
    const path = `/runs/${id}/folds`;
    const lines = el('div', { class: 'd-stack', role: 'status', tabindex: -1 });
    const ask = el('button', { type: 'button', class: 'd-button is-small', text: 'Measure more surely' });
    const stop = el('button', { type: 'button', class: 'd-button is-small', text: 'Stop' });
    const hint = el('span', { class: 'd-quiet', role: 'status' });
    const row = el('div', { class: 'd-row', hidden: true }, ask, stop, hint);
    const about = `This is about your photos and the network that run ${id} began from, not about the run itself.`;
    const problem = (text) => el('p', { class: 'd-note is-bad', text });

    let isPressed = false; // a button that is waited for has lost the focus
    const show = ({ is_measuring: isMeasuring, lines: found, problem: words }) => {
      const hadFocus = row.contains(document.activeElement) || (isPressed && document.activeElement === document.body);
      isPressed = false;
      row.hidden = found.length > 0;
      ask.hidden = isMeasuring;
      stop.hidden = !isMeasuring;
      ask.disabled = stop.disabled = false;
      const now = isMeasuring
        ? 'Holding out each photo in turn, ten times over \u2026'
        : 'Holds out each photo in turn, and says what more photos would bring. Takes seconds.';
      if (hint.textContent !== now) hint.textContent = now; // spoken once, not at every look
      lines.replaceChildren(
        ...found.map((text) => el('p', { class: 'd-text', text })),
        ...(found.length ? [el('p', { class: 'd-text d-quiet', text: about })] : []),
        ...(words ? [problem(words)] : []),
      );
      if (hadFocus) (isMeasuring ? stop : found.length ? lines : ask).focus();
      if (isMeasuring) setTimeout(look, ASK_MS);
    };
    const isShown = () => row.isConnected;
    const look = async () => {
      if (!isShown()) return; // another run is looked at
      if (!dragon.isSeen(lines)) {
        setTimeout(look, ASK_MS);
        return;
      }
      const now = await call(path, undefined, { seconds: 10 }).catch(() => null);
      if (now) show(now);
      else if (isShown()) setTimeout(look, 4 * ASK_MS); // the app is away; the banner says so
    };
    const press = (button, where) =>
      button.addEventListener('click', async () => {
        isPressed = button === document.activeElement;
        button.disabled = true;
        try {
          const now = await call(where, {});
          if (button === ask) show(now); // else what is under way ends, and is looked at
        } catch (error) {
          lines.replaceChildren(problem(error.message));
          button.disabled = false;
        }
      });
    press(ask, path);
    press(stop, `${path}/stop`);
    requestAnimationFrame(look); // when it stands in the page
    return el('div', { class: 'd-stack' }, row, lines);
  };
};
