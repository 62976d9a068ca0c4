/* Photos from the webcam: a press takes one, holding takes several a second. They go to the chosen
   class at once; what could not be sent waits and is sent with the next. */
const createBurst = ({ classes, shownClass, onSome }) => {
  const { el, icon, count } = dragon;
  const EVERY_MS = 250,
    MOST_AT_ONCE = 16;

  const open = () => {
    let waiting = [],
      taken = 0,
      saved = 0,
      isHeld = false,
      isSending = false;
    const camera = dragon.webcam({ width: 1280, height: 960 });
    const say = el('p', { class: 'd-text d-quiet d-number', role: 'status', text: 'Hold to take several a second.' });
    const problem = el('p', { class: 'd-text d-error', role: 'alert' });
    const into = el(
      'select',
      { class: 'd-input', id: 'burst-class' },
      el('option', { value: '', text: 'No class yet' }),
      ...classes().map((each) => el('option', { value: each.id, text: each.name })),
    );
    into.value = shownClass() ?? '';

    const show = () => {
      const rest = taken - saved;
      say.textContent = `${count(taken, 'photo')} taken${rest ? `, ${rest} on the way` : ', all saved'}.`;
    };
    const send = async () => {
      if (isSending || !waiting.length) return;
      isSending = true;
      problem.textContent = '';
      try {
        while (waiting.length) {
          const [{ classId }] = waiting;
          const end = waiting.findIndex((each) => each.classId !== classId);
          const some = waiting.slice(0, Math.min(MOST_AT_ONCE, end < 0 ? waiting.length : end));
          const form = new FormData();
          for (const { blob, name } of some) form.append('files', blob, name);
          if (classId) form.append('class_id', classId);
          await dragon.call('/uploads', form);
          waiting = waiting.slice(some.length);
          saved += some.length;
          show();
          onSome();
        }
      } catch (error) {
        problem.textContent = `Not saved yet: ${error.message} The next photo sends these too.`;
        if (!made.open)
          dragon.toast(`${count(waiting.length, 'photo')} of the webcam not saved: ${error.message}`, {
            kind: 'bad',
            action: { label: 'Try again', run: () => dragon.saving(send) },
          });
      } finally {
        isSending = false;
      }
    };
    const take = async () => {
      const blob = await camera.frame();
      if (!blob) return;
      taken += 1;
      const at = new Date().toISOString().slice(0, 19).replaceAll(':', '-').replace('T', ' ');
      waiting.push({ blob, classId: into.value, name: `webcam ${at} ${taken}.jpg` });
      show();
      dragon.saving(send);
    };
    const hold = async () => {
      if (isHeld) return;
      isHeld = true;
      while (isHeld && camera.isOn()) {
        await take();
        await new Promise((resolve) => {
          setTimeout(resolve, EVERY_MS);
        });
      }
    };
    const letGo = () => {
      isHeld = false;
    };
    const shutter = el(
      'button',
      { type: 'button', class: 'd-button is-primary burst-shutter', disabled: true },
      icon('camera'),
      'Take photos',
    );
    shutter.addEventListener('pointerdown', (event) => {
      if (event.button === 0) hold();
    });
    for (const name of ['pointerup', 'pointercancel', 'pointerleave', 'blur']) shutter.addEventListener(name, letGo);
    shutter.addEventListener('contextmenu', (event) => event.preventDefault()); // a finger that stays
    shutter.addEventListener('keydown', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      hold();
    });
    shutter.addEventListener('keyup', letGo);

    const made = dragon.dialog('Photos from the webcam', (form, close) => {
      form.append(
        el('div', { class: 'burst-stage' }, camera.node),
        problem,
        el('div', { class: 'd-field' }, el('label', { for: 'burst-class', text: 'Their class' }), into),
        say,
        el(
          'div',
          { class: 'd-actions' },
          el('button', { type: 'button', class: 'd-button', text: 'Close', onclick: close }),
          shutter,
        ),
      );
    });
    made.addEventListener('close', () => {
      letGo();
      camera.stop();
    });
    camera.start().then((words) => {
      if (words) problem.textContent = words;
      else if (made.open) {
        shutter.disabled = false;
        shutter.focus();
      } else camera.stop();
    });
  };
  return { open };
};
