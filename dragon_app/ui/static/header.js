/* The header: mark, workspace, whether all is saved, light or dark; and the banner of a lost app. */
const root = element.querySelector('.header');
const { el, icon } = dragon;
let training = false;

const name = el('span', { class: 'd-cut', text: '' });
const workspace = el(
  'button',
  {
    type: 'button',
    class: 'd-button is-quiet is-small header-workspace',
    'aria-label': 'Workspaces',
    onclick: openWorkspaces,
  },
  icon('folder'),
  name,
);

const savedText = el('span', { text: 'Saved' });
const savedIcon = el('b', { style: 'display:contents' }, icon('check'));
const saved = el('div', { class: 'header-saved', role: 'status', 'data-is': 'saved' }, savedIcon, savedText);
const marks = { saved: ['Saved', 'check'], saving: ['Saving ...', 'more'], offline: ['Offline', 'warning'] };
let waiting = 0;
const showSaved = () => {
  const is = !dragon.isOnline() ? 'offline' : waiting ? 'saving' : 'saved';
  if (saved.dataset.is === is) return;
  saved.dataset.is = is;
  saved.title = savedText.textContent = marks[is][0];
  savedIcon.replaceChildren(icon(marks[is][1]));
};
/* Every change goes through here, so that "Saved" stands only after the app has said so. */
dragon.saving = async (work) => {
  waiting += 1;
  showSaved();
  try {
    return await work();
  } finally {
    waiting -= 1;
    showSaved();
  }
};

const look = el('button', {
  type: 'button',
  class: 'd-button is-quiet is-icon is-small',
  onclick: () => {
    dragon.setDark(!dragon.isDark());
    showLook();
  },
});
const showLook = () => {
  const dark = document.body.classList.contains('dark');
  look.replaceChildren(icon(dark ? 'sun' : 'moon'));
  look.setAttribute('aria-label', dark ? 'Light look' : 'Dark look');
};
dragon.applyLook();
showLook();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTimeout(showLook));

root.append(
  el(
    'div',
    { class: 'header-brand' },
    el('img', { src: '/favicon.ico', alt: '' }),
    el('span', { text: 'Dragon' }),
  ),
  el('div', { class: 'header-space' }),
  saved,
  workspace,
  look,
);

const banner = el(
  'div',
  { class: 'header-banner', role: 'alert', hidden: true },
  icon('warning'),
  el('span', { text: 'The app does not answer. Start it again; this page goes on by itself.' }),
);
document.body.prepend(banner);
dragon.on('offline', () => {
  banner.hidden = false;
  showSaved();
});
dragon.on('online', () => {
  banner.hidden = true;
  showSaved();
});

dragon.watchState((state) => {
  name.textContent = state.workspace.name;
  workspace.title = `${state.workspace.folder}: open another, or see how much space it takes`;
  training = state.run?.status === 'running';
});

/* The address remembers the tab. Gradio draws the tabs about when it draws this header, and chooses
   the first one when it is done: so the wanted one is asked for until it stays, or somebody clicks. */
const wanted = location.hash.slice(1);
const openWanted = (frames) => {
  if (location.hash.slice(1) !== wanted) return;
  if (dragon.currentTab() !== wanted) dragon.openTab(wanted);
  if (frames) requestAnimationFrame(() => openWanted(frames - 1));
};
if (wanted) openWanted(60);
