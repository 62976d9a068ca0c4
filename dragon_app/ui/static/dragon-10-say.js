/* Saying things: short messages that go by themselves, questions, dialogs. */
Object.assign(
  window.dragon,
  (() => {
    const { el, icon } = window.dragon;
    const SHOWN_MS = 7000,
      MOVED_MS = 50;
    let toasts = null;

    /* What lies outside of an open dialog can be neither seen nor pressed: messages go into it, and back
       to what lies below when it closes. Tells whether they moved. */
    const place = () => {
      if (!toasts) {
        toasts = el('div', { class: 'd-toasts', role: 'status', 'aria-live': 'polite' });
        // pressed by mouse, a button leaves the focus where it is, to which the keys belong
        toasts.addEventListener('mousedown', (event) => event.target.closest('button') && event.preventDefault());
      }
      const host = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
      if (toasts.parentNode === host) return false;
      host.append(toasts);
      if (host !== document.body) host.addEventListener('close', place, { once: true });
      return true;
    };
    /* `kind` is good, bad or nothing; `action` is {label, run}. A newer one with the same `key` replaces it. */
    const toast = (text, { kind = '', action = null, key = null } = {}) => {
      const isMoved = place();
      if (key)
        toasts.querySelectorAll('.d-toast').forEach((old) => {
          if (old.dataset.key === key) old.remove();
        });
      const words = el('span');
      const made = el('div', { class: `d-toast ${kind ? 'is-' + kind : ''}`, 'data-tab': window.dragon.currentTab() }, words);
      // a screen reader speaks what comes into a region that it knows: not in the task that moved it
      if (isMoved) setTimeout(() => (words.textContent = text), MOVED_MS);
      else words.textContent = text;
      if (key) made.dataset.key = key;
      const close = () => made.remove();
      if (action) {
        made.append(
          el('button', {
            type: 'button',
            class: 'd-button is-small',
            text: action.label,
            onclick: () => {
              close();
              action.run();
            },
          }),
        );
      }
      made.append(
        el(
          'button',
          {
            type: 'button',
            class: 'd-button is-quiet is-icon is-small',
            'aria-label': 'Close',
            onclick: close,
          },
          icon('close'),
        ),
      );
      toasts.append(made);
      while (toasts.children.length > 3) toasts.firstChild.remove();
      let timer = setTimeout(close, SHOWN_MS);
      made.addEventListener('pointerenter', () => clearTimeout(timer));
      made.addEventListener('focusin', () => clearTimeout(timer));
      made.addEventListener('pointerleave', () => {
        timer = setTimeout(close, SHOWN_MS);
      });
      return close;
    };

    /* Another tab was opened: what was said of a gesture on the one before goes. Other news keep their time,
       and so do bad ones: nobody may have read them yet, and what waits to be saved is among them. */
    const leaveToasts = (tab) =>
      toasts?.querySelectorAll('.d-toast[data-key="gesture"]:not(.is-bad)').forEach((each) => {
        if (each.dataset.tab !== tab) each.remove();
      });

    /* A modal dialog of our look; `fill(form, close)` adds the content. Gone from the page when closed. */
    const dialog = (title, fill) => {
      const form = el('form', { method: 'dialog' }, el('h2', { class: 'd-title', text: title }));
      const made = el('dialog', { class: 'd-dialog', 'aria-label': title }, form);
      const close = () => made.close();
      made.addEventListener('close', () => made.remove());
      made.addEventListener('click', (event) => {
        if (event.target === made) close();
      });
      fill(form, close);
      document.body.append(made);
      made.showModal();
      return made;
    };

    /* Resolves to whether the person said yes. */
    const confirm = ({ title, text, yes = 'Yes', no = 'Cancel', isDanger = false }) =>
      new Promise((resolve) => {
        let answer = false;
        const made = dialog(title, (form, close) => {
          const agree = el('button', {
            type: 'button',
            text: yes,
            class: `d-button ${isDanger ? 'is-danger' : 'is-primary'}`,
            onclick: () => {
              answer = true;
              close();
            },
          });
          form.append(
            el('p', { class: 'd-text', text }),
            el(
              'div',
              { class: 'd-actions' },
              el('button', { type: 'button', class: 'd-button', text: no, autofocus: true, onclick: close }),
              agree,
            ),
          );
        });
        made.addEventListener('close', () => resolve(answer));
      });

    return { toast, leaveToasts, dialog, confirm };
  })(),
);
