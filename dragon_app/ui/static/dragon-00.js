/* What every component's script leans on: building elements from text, icons, calling our routes.
   Names of photos and classes reach the page only through `text`, never as HTML. */
window.dragon = (() => {
  const el = (tag, options = {}, ...children) => {
    const { text, class: name, ...rest } = options;
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text != null) made.textContent = text;
    for (const [key, value] of Object.entries(rest)) {
      if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
      else if (value != null && value !== false) made.setAttribute(key, value === true ? '' : value);
    }
    made.append(...children);
    return made;
  };

  const shapes = {
    add: 'M12 5v14M5 12h14',
    bin: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
    camera: 'M4 8h4l2-3h4l2 3h4v11H4zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
    check: 'M5 13l4 4L19 7',
    close: 'M6 6l12 12M18 6L6 18',
    flame: 'M12 3c1 4 5 6 5 11a5 5 0 0 1-10 0c0-2 1-4 2-5 0 2 1 3 2 3 1-3-1-5 1-9z',
    folder: 'M3 6h6l2 2h10v11H3z',
    large: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
    lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
    moon: 'M20 14A8 8 0 1 1 10 4a6.500 6.500 0 0 0 10 10z',
    more: 'M5 12h.01M12 12h.01M19 12h.01',
    next: 'M9 5l7 7-7 7',
    pencil: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
    photo: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9h.01',
    previous: 'M15 5l-7 7 7 7',
    sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
    undo: 'M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
    warning: 'M12 3l10 18H2zM12 10v5M12 18h.01',
  };
  const icon = (name) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const attributes = {
      class: 'd-icon',
      viewBox: '0 0 24 24',
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
      'aria-hidden': 'true',
    };
    for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
    const path = document.createElementNS(svg.namespaceURI, 'path');
    path.setAttribute('d', shapes[name]);
    svg.append(path);
    return svg;
  };

  /* The workspace this page was drawn for: a tab left behind must not label another one's photos. */
  let workspace = null;
  const knowWorkspace = (key) => {
    workspace = key;
  };
  const noticed = { online: () => {}, offline: () => {} }; // filled by dragon-20-state.js

  /* Resolves to the answer; rejects with an Error in words for people: `offline` when none came,
     `isLate` when it was waited for in vain: after `seconds`, or for ever if they are not given.
     The answer is JSON, or an ArrayBuffer where it `isNumbers`. */
  const call = async (path, body, { signal, seconds, isNumbers = false } = {}) => {
    let answer, data;
    if (seconds) signal ??= AbortSignal.timeout(1000 * seconds);
    const headers = workspace ? { 'x-dragon-workspace': workspace } : {};
    try {
      answer = await fetch(
        '/dragon' + path,
        body === undefined
          ? { signal }
          : {
              method: 'POST',
              signal,
              ...(body instanceof FormData || body instanceof Blob
                ? { body, headers }
                : {
                    body: JSON.stringify(body),
                    headers: { ...headers, 'content-type': 'application/json' },
                  }),
            },
      );
      data = await (isNumbers && answer.ok ? answer.arrayBuffer() : answer.json()).catch((error) => {
        if (error.name === 'SyntaxError') return {};
        throw error;
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      noticed.offline();
      throw Object.assign(new Error('The app does not answer. Is it still running?'), {
        offline: true,
        isLate: error.name === 'TimeoutError',
      });
    }
    noticed.online();
    if (!answer.ok) {
      throw Object.assign(new Error(data.error || `The app answered with an error (${answer.status}).`), {
        status: answer.status,
      });
    }
    return data;
  };

  /* An id for one gesture: a repeat of the same request is then recognised and ignored. */
  const newBatch = () =>
    crypto.randomUUID?.() ??
    [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, '0')).join('');

  const count = (n, thing, things = thing + 's') => `${n.toLocaleString('en')} ${n === 1 ? thing : things}`;
  const duration = (seconds) => {
    if (seconds == null || !Number.isFinite(seconds)) return '';
    if (seconds < 1) return 'a moment';
    if (seconds < 90) return `${Math.round(seconds)} s`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
  };
  const isTyping = (event) => !!event.target.closest?.('input,textarea,select,[contenteditable]');

  return { el, icon, call, newBatch, count, duration, isTyping, knowWorkspace, noticed };
})();
