/* A picture, and what lies over it, zoomed and moved inside a frame: wheel, + and -, drag, two fingers. */
Object.assign(
  window.dragon,
  (() => {
    const createZoom = (frame, layer) => {
      const MOST = 12,
        STEP = 1.5,
        WHEEL = 0.002;
      let scale = 1,
        x = 0,
        y = 0;
      const put = () => {
        const { clientWidth, clientHeight } = frame;
        const limit = (value, size) => Math.max((-(scale - 1) * size) / 2, Math.min(((scale - 1) * size) / 2, value));
        x = limit(x, clientWidth);
        y = limit(y, clientHeight);
        layer.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
        frame.classList.toggle('is-zoomed', scale > 1);
        frame.dataset.zoom = scale.toFixed(2);
      };
      /* What is under the pointer, given from the middle of the frame, stays under it. */
      const by = (factor, atX = 0, atY = 0) => {
        const next = Math.max(1, Math.min(MOST, scale * factor));
        x = atX - ((atX - x) * next) / scale;
        y = atY - ((atY - y) * next) / scale;
        scale = next;
        put();
      };
      const fromMiddle = (event) => {
        const corner = frame.getBoundingClientRect();
        return [
          event.clientX - corner.left - corner.width / 2,
          event.clientY - corner.top - corner.height / 2,
        ];
      };
      frame.addEventListener(
        'wheel',
        (event) => {
          event.preventDefault();
          by(Math.exp(-event.deltaY * WHEEL), ...fromMiddle(event));
        },
        { passive: false },
      );
      frame.addEventListener('dblclick', (event) => {
        if (scale > 1) by(0);
        else by(STEP * STEP, ...fromMiddle(event));
      });
      const fingers = new Map();
      frame.addEventListener('pointerdown', (event) => {
        fingers.set(event.pointerId, event);
        frame.setPointerCapture(event.pointerId);
        event.preventDefault();
      });
      frame.addEventListener('pointermove', (event) => {
        const before = fingers.get(event.pointerId);
        if (!before) return;
        fingers.set(event.pointerId, event);
        if (fingers.size === 2) {
          const [other] = [...fingers.values()].filter((each) => each.pointerId !== event.pointerId);
          const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
          if (apart(before)) by(apart(event) / apart(before), ...fromMiddle(other));
        } else {
          x += event.clientX - before.clientX;
          y += event.clientY - before.clientY;
          put();
        }
      });
      for (const name of ['pointerup', 'pointercancel'])
        frame.addEventListener(name, (event) => fingers.delete(event.pointerId));

      return {
        larger: () => by(STEP),
        smaller: () => by(1 / STEP),
        whole: () => by(0),
      };
    };
    return { createZoom };
  })(),
);
