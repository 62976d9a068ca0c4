/* The dialog about workspaces: where the photos lie, how much space they take, going over to another. */
const openWorkspaces = async () => {
  const { el, icon, call } = dragon;
  let about;
  try {
    about = await call('/workspaces', undefined, { seconds: 10 });
  } catch (error) {
    dragon.toast(error.message, { kind: 'bad' });
    return;
  }

  const size = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);
  dragon.dialog('Workspaces', (form, close) => {
    const problem = el('p', { class: 'd-text d-error', role: 'alert' });
    const go = async (folder, isNew) => {
      problem.textContent = '';
      if (
        training &&
        !(await dragon.confirm({
          title: 'Stop the training?',
          yes: 'Stop and switch',
          isDanger: true,
          text: 'A run is in progress. Going to another workspace stops it; what it has learned so far is kept.',
        }))
      )
        return;
      form.inert = true;
      try {
        await call('/workspaces', { folder, is_new: isNew });
        dragon.reopen(await call('/state'));
      } catch (error) {
        problem.textContent = error.message;
        form.inert = false;
        if (!isNew && error.message.endsWith('Make a new one there?'))
          problem.append(
            ' ',
            el('button', {
              type: 'button',
              class: 'd-button is-small',
              text: 'Make it',
              onclick: () => go(folder, true),
            }),
          );
      }
    };
    const taken = el('dd', { class: 'd-number' });
    const kept = el('span', { class: 'd-number', role: 'status' });
    const clear = el('button', {
      type: 'button',
      class: 'd-button is-small',
      text: 'Clear',
      title: 'What the network has seen so far is computed again when it is needed',
      onclick: async () => {
        problem.textContent = '';
        clear.disabled = true;
        try {
          await call('/cache/clear', {});
        } catch (error) {
          problem.textContent = error.message;
        }
        about = await call('/workspaces').catch(() => about);
        showSpace();
      },
    });
    const showSpace = () => {
      taken.textContent = size(about.size_bytes);
      kept.textContent = about.cache_bytes ? size(about.cache_bytes) : 'nothing';
      clear.disabled = !about.cache_bytes;
    };
    showSpace();
    const field = (id, label, button, isNew, placeholder) => {
      const input = el('input', {
        id,
        class: 'd-input',
        placeholder,
        autocomplete: 'off',
        spellcheck: 'false',
      });
      input.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          go(input.value, isNew);
        }
      });
      return el(
        'div',
        { class: 'd-field' },
        el('label', { for: id, text: label }),
        el(
          'div',
          { class: 'd-row', style: 'flex-wrap:nowrap' },
          input,
          el('button', {
            type: 'button',
            class: 'd-button',
            text: button,
            onclick: () => go(input.value, isNew),
          }),
        ),
      );
    };
    form.append(
      el(
        'dl',
        { class: 'workspaces-facts' },
        el('dt', { text: 'Your photos lie in' }),
        el('dd', { text: about.folder }),
        el('dt', { text: 'Space taken' }),
        taken,
        el('dt', { text: 'Kept to train faster' }),
        el('dd', { class: 'd-row' }, kept, clear),
      ),
    );
    if (about.recent.length) {
      form.append(
        el('h3', { class: 'd-subtitle', text: 'Open another' }),
        el(
          'ul',
          { class: 'workspaces-list' },
          ...about.recent.map((each) =>
            el(
              'li',
              {},
              el(
                'button',
                { type: 'button', class: 'd-button is-quiet', onclick: () => go(each.folder, false) },
                icon('folder'),
                el(
                  'span',
                  { class: 'workspaces-where' },
                  el('span', { text: each.name + ' ' }),
                  el('small', { text: each.folder }),
                ),
              ),
            ),
          ),
        ),
      );
    }
    form.append(
      field(
        'workspace-new',
        'Make a new one',
        'Make',
        true,
        `A name, or a folder such as ${about.beside}/birds`,
      ),
      field('workspace-open', 'Open a folder that holds one', 'Open', false, about.folder),
      problem,
      el(
        'div',
        { class: 'd-actions' },
        el('button', { type: 'button', class: 'd-button', text: 'Close', onclick: close }),
      ),
    );
  });
};
