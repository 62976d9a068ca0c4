/* What all tabs share: one cheap poll of the app's state, news between components, the open tab.
   Polls, never streams: a browser gives six connections to a server, and eight tabs must live. */
Object.assign(
  window.dragon,
  (() => {
    const dragon = window.dragon;
    const EVERY_MS = 2000;
    const news = new EventTarget();
    const watchers = new Set();
    let state = null,
      isOnline = true,
      timer = 0,
      isPolling = false,
      isAgain = false;

    /* `dragon.on('dataset', f)` returns what ends it. Known: dataset, online, offline, tab,
       run, run-photos. */
    const on = (name, run) => {
      const listener = (event) => run(event.detail);
      news.addEventListener(name, listener);
      return () => news.removeEventListener(name, listener);
    };
    const tell = (name, detail) => news.dispatchEvent(new CustomEvent(name, { detail }));

    const setOnline = (is) => {
      if (is === isOnline) return;
      isOnline = is;
      tell(is ? 'online' : 'offline');
    };
    dragon.noticed.online = () => setOnline(true);
    dragon.noticed.offline = () => setOnline(false);

    /* A watcher that fails is the browser's news (the console), and the others still get theirs. */
    const showTo = (show) => {
      try {
        show(state);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    };
    const take = (fresh) => {
      const isNew = state?.revision !== fresh.revision;
      dragon.knowWorkspace(fresh.workspace.key);
      state = fresh;
      watchers.forEach(showTo);
      if (isNew) tell('dataset', state);
    };
    /* Another workspace is open: draw the page anew, at its beginning if there is no photo yet. */
    const reopen = (fresh) => {
      if (!fresh.summary.total) history.replaceState(null, '', '#label');
      location.reload();
    };
    const poll = async () => {
      if (isPolling) {
        isAgain = true;
        return;
      }
      isPolling = true;
      clearTimeout(timer);
      // no answer is said by the banner; the next poll tries again
      const fresh = await dragon.call('/state', undefined, { seconds: 4 }).catch(() => null);
      if (fresh && state && state.workspace.key !== fresh.workspace.key) {
        reopen(fresh);
        return;
      }
      if (fresh) take(fresh);
      isPolling = false;
      timer = setTimeout(
        () => {
          if (!document.hidden) poll();
        },
        isAgain ? 50 : EVERY_MS,
      );
      isAgain = false;
    };
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) poll();
    });

    /* Calls `show(state)` now, if it is known, and after every poll; returns what ends it. */
    const watchState = (show) => {
      watchers.add(show);
      if (state) show(state);
      else poll();
      return () => watchers.delete(show);
    };
    /* Something was changed here: ask the app now, so that counts everywhere follow. */
    const changed = (name = 'dataset') => {
      if (name !== 'dataset') tell(name);
      return poll();
    };

    const tabs = () => [...document.querySelectorAll('#tabs [role="tab"]')];
    const currentTab = () => tabs().find((tab) => tab.ariaSelected === 'true')?.dataset.tabId ?? 'label';
    const openTab = (id) =>
      tabs()
        .find((tab) => tab.dataset.tabId === id)
        ?.click();
    addEventListener('hashchange', () => {
      if (location.hash.slice(1) !== currentTab()) openTab(location.hash.slice(1));
    });
    document.addEventListener('click', (event) => {
      const tab = event.target.closest?.('#tabs [role="tab"]');
      if (!tab) return;
      history.replaceState(null, '', '#' + tab.dataset.tabId);
      dragon.leaveToasts(tab.dataset.tabId);
      tell('tab', tab.dataset.tabId);
    });

    /* As in every list of tabs, arrows go from one to the next. */
    document.addEventListener('keydown', (event) => {
      const at = tabs().indexOf(event.target.closest?.('#tabs [role="tab"]'));
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (at < 0 || !by || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const { tabId } = tabs().at((at + by) % tabs().length).dataset;
      openTab(tabId);
      requestAnimationFrame(() =>
        tabs()
          .find((tab) => tab.dataset.tabId === tabId)
          ?.focus(),
      );
    });

    return { on, tell, changed, watchState, openTab, currentTab, poll, reopen, isOnline: () => isOnline };
  })(),
);
