/* Light or dark as the system says, unless a person chose; files dropped beside a target do no harm. */
Object.assign(
  window.dragon,
  (() => {
    const KEY = 'dragon-look';
    const system = matchMedia('(prefers-color-scheme: dark)');
    const chosen = () => {
      try {
        return localStorage.getItem(KEY);
      } catch {
        return null;
      }
    };
    const isDark = () => (chosen() ?? (system.matches ? 'dark' : 'light')) === 'dark';
    const apply = (dark = isDark()) => {
      for (const node of [document.documentElement, document.body]) node?.classList.toggle('dark', dark);
      // The bar of an installed app takes the colour of the page.
      document
        .querySelector('meta[name="theme-color"]')
        ?.setAttribute(
          'content',
          getComputedStyle(document.documentElement).getPropertyValue('--paper').trim(),
        );
    };
    /* The system's own look is not stored, so that the page goes on following it. */
    const setDark = (dark) => {
      try {
        if (dark === system.matches) localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, dark ? 'dark' : 'light');
      } catch {
        /* private windows may refuse; the look then lasts as long as the page */
      }
      apply(dark);
    };
    system.addEventListener('change', () => apply());
    apply();

    /* Without this, a photo dropped where nothing takes it replaces the page. */
    for (const name of ['dragover', 'drop']) {
      addEventListener(name, (event) => {
        if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
      });
    }
    return { isDark, setDark, applyLook: () => apply() };
  })(),
);
