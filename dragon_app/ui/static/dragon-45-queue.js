/* What was done and is not confirmed yet, on all tabs: one line, since an undo has to come after what it
   takes back. It waits in the page, over a reload too, and is sent one after the other; each has an id
   of its own, so that one sent twice counts once. */
Object.assign(
  window.dragon,
  (() => {
    const dragon = window.dragon;
    const SECONDS = 10,
      PAUSE_MS = 500,
      OTHER_WORKSPACE = 409;
    const STEPS = { undo: '/undo', redo: '/redo' };
    const AS_SEEN = { accept: '/suggestions/accept', keep: '/inbox/keep' };
    /* Where nobody listens: what a tab did that a reload closed before the answer came. */
    const NOBODY = {
      onDone: () => dragon.changed(),
      onRefused: (gesture, error) => dragon.toast(`Not done, all is as before: ${error.message}`, { kind: 'bad' }),
    };
    const members = new Map(); // the tabs that want to know what became of theirs, by name
    let waiting = [],
      kept = [], // what this window had left waiting
      place = null, // where they are kept: each workspace has its own
      isSending = false;

    const keep = () => {
      if (!place) return;
      try {
        if (waiting.length) sessionStorage.setItem(place, JSON.stringify(waiting));
        else sessionStorage.removeItem(place);
      } catch {
        /* too much for the browser's store: then they last as long as the page */
      }
    };
    /* Nothing else shows that an undo, or what comes behind other changes, was heard. */
    const sayWaiting = () => {
      const [n, newest] = [waiting.length, waiting.at(-1).gesture];
      const them = n === 1 ? 'it waits here and is' : `${n} changes wait here and are`;
      const words = { undo: 'Not undone yet', redo: 'Not redone yet' }[newest] ?? 'Not saved yet';
      dragon.toast(`${words}: ${them} sent when the app answers.`, { kind: 'bad', key: 'waits' });
    };
    const backOnline = () =>
      dragon.isOnline()
        ? new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        : new Promise((resolve) => {
            const end = dragon.on('online', () => {
              end();
              resolve();
            });
          });
    const asked = ({ batch, gesture, image_ids, class_id, class_ids, of }) => {
      if (STEPS[gesture]) return [STEPS[gesture], { batch, of }];
      if (AS_SEEN[gesture]) return [AS_SEEN[gesture], { batch, image_ids, class_ids }];
      return ['/labels', { batch, gesture, image_ids, class_id }];
    };
    const send = async (gesture) => {
      const [path, body] = asked(gesture);
      for (;;) {
        try {
          return await dragon.call(path, body, { seconds: SECONDS });
        } catch (error) {
          if (error.status === OTHER_WORKSPACE) {
            dragon.poll(); // the page is drawn anew; this waits here until its own workspace is back
            return new Promise(() => {});
          }
          if (!error.offline) throw error;
          sayWaiting();
          await backOnline();
        }
      }
    };
    const sendAll = async () => {
      while (waiting.length) {
        const gesture = waiting[0];
        let answer = null,
          refusal = null;
        try {
          answer = await send(gesture);
        } catch (error) {
          refusal = error;
        }
        waiting.shift();
        keep();
        const { onDone, onRefused } = members.get(gesture.from) ?? NOBODY;
        if (refusal) onRefused(gesture, refusal);
        else onDone(gesture, answer);
      }
    };
    const begin = () => {
      if (isSending || !waiting.length || !place) return;
      isSending = true;
      dragon.saving(sendAll).finally(() => {
        isSending = false;
        begin();
      });
    };
    addEventListener('beforeunload', (event) => {
      // A reload finds them again; a window that is closed does not.
      if (waiting.length && !dragon.isOnline()) event.preventDefault();
    });

    const add = (gesture) => {
      waiting.push(gesture);
      keep();
      if (!dragon.isOnline()) sayWaiting();
      begin();
    };
    /* Take up what this window left waiting for the workspace. */
    const takeUp = (workspace) => {
      if (place) return;
      place = `dragon-waiting-${workspace}`;
      try {
        kept = JSON.parse(sessionStorage.getItem(place)) ?? [];
      } catch {
        /* nothing was kept, or it cannot be read */
      }
      waiting = [...kept, ...waiting];
      keep();
      begin();
    };

    /* A tab's place in the line. `resume(workspace)` takes up what was left waiting and returns what of it
       was this tab's, oldest first; asked again, nothing. */
    const joinQueue = (from, member) => {
      members.set(from, member);
      const isOurs = (gesture) => gesture.from === from;
      let hasResumed = false;
      return {
        add: (gesture) => add(Object.assign(gesture, { from })),
        resume: (workspace) => {
          takeUp(workspace);
          if (hasResumed) return [];
          hasResumed = true;
          return kept.filter(isOurs).filter((gesture) => waiting.includes(gesture));
        },
      };
    };
    return { joinQueue };
  })(),
);
