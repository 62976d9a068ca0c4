/* The freezing map: the network from photo to head, and one border between what stays frozen and
   what learns. Draws what it is told; `onMove(frozen)` says where a person put the border. */
const createMap = ({ onMove, onAgain }) => {
  const LEAST_PX = 26, MOST_PX = 68;  // of a block, by the size of the map that leaves the stage
  const slider = el('input', { type: 'range', class: 'map-slider', min: 0, step: 1, 'aria-label': 'How many stages stay frozen' });
  const blocks = el('ol', { class: 'map-blocks' });
  const words = el('p', { class: 'd-text map-words' });
  const phases = el('ol', { class: 'map-phases d-number', 'aria-label': 'In turn' });
  const facts = el('dl', { class: 'map-facts d-number' });
  const note = el('p', { class: 'd-text d-quiet map-note', role: 'status' });
  const ends = el('div', { class: 'map-ends', 'aria-hidden': 'true' }, el('div', { class: 'd-quiet' }, el('span', { text: 'Everything learns' }), el('span', { text: 'Only the head' })));
  const picture = el('div', { class: 'map-picture' }, blocks, el('div', { class: 'map-slide' }, slider), ends);
  const node = el('section', { class: 'map', 'aria-label': 'What learns' },
    el('div', { class: 'map-head' }, el('h3', { class: 'd-label', text: 'What learns' }),
      el('span', { class: 'd-quiet', text: 'Frozen stages keep what they know: faster, and fewer photos are enough.' })),
    picture, words, phases, facts, note);
  let drawn = '';

  const line = (name, text) => el('span', { class: name, text });
  const state = (isFrozen) => el('span', { class: 'map-state' }, icon(isFrozen ? 'lock' : 'flame'), el('span', { text: isFrozen ? 'frozen' : 'learns' }));
  const block = ({ name, hint, size, count, lr, isFrozen, height, title, onclick }) => el('li', { class: `map-block ${isFrozen ? 'is-frozen' : 'is-learning'}`, title, onclick },
    el('span', { class: 'map-shape' }, el('span', { class: 'map-box', style: `height:${height}px` }, state(isFrozen))),
    el('span', { class: 'map-name' }, ...[name].flat()), line('map-hint d-quiet', hint), line('d-quiet d-number', size),
    el('span', { class: 'd-quiet d-number' }, count, ...(count ? [line('map-unit', ' weights')] : [])), line('map-rate d-number', lr));

  const draw = (network, frozen, config) => {
    const { stages } = network;
    const n = stages.length, isExact = config.optimizer === 'exact';
    const hints = mapWords.hints(network, config);
    const largest = Math.max(...stages.map((each) => each.output_size_px ?? 1));
    const lr = (value) => (Number.isFinite(value) && !isExact ? `rate ${dragon.rateWords(value)}` : '');
    let height = MOST_PX;
    const made = stages.map((stage, i) => {
      // A row of patches has no side: it is drawn as large as the map before it.
      if (stage.output_size_px) height = LEAST_PX + (MOST_PX - LEAST_PX) * (Math.log2(stage.output_size_px + 1) / Math.log2(largest + 1));
      const isFrozen = i < frozen;
      return block({ name: [line('map-word', 'Stage '), i + 1], hint: hints[i], size: stage.output_size_px ? `${stage.output_size_px} px` : 'patches', count: mapWords.weights(stage.parameters),
        lr: isFrozen ? '' : lr(mapWords.rate(config, i + 1, n)), isFrozen, height, title: stage.name, onclick: () => onMove(isFrozen ? i : i + 1) });
    });
    node.style.setProperty('--stages', n);
    blocks.replaceChildren(el('li', { class: 'map-photo' }, icon('photo'), line('map-name', 'Photo')), ...made,
      block({ name: 'Head', hint: 'your classes', size: '', count: '', lr: lr(+config.head_lr), isFrozen: false, height: LEAST_PX + 6, title: 'The new last layer' }));
  };
  const fact = (name, value, more = '') => el('div', {}, el('dt', { class: 'd-quiet', text: name }), el('dd', {}, el('span', { text: value }), more ? el('span', { class: 'd-quiet', text: more }) : ''));
  const showFacts = (stages, frozen, answer, isExact) => {
    const at = answer?.costs?.positions.find((each) => each.frozen === frozen);
    const isMeasuring = answer == null || answer.status === 'measuring';
    const learning = stages.slice(frozen).reduce((sum, each) => sum + each.parameters, 0);
    const all = stages.reduce((sum, each) => sum + each.parameters, 0);
    const share = (some) => `${mapWords.amount(some)} of ${mapWords.amount(all + (at ? answer.costs.positions.at(-1).trainable_parameters : 0))}`;
    const unknown = isMeasuring ? 'being measured \u2026' : 'not measured';
    facts.replaceChildren(fact('Weights that learn', at ? share(at.trainable_parameters) : learning ? share(learning) : 'the head\u2019s'),
      fact('Memory', at ? mapWords.memory(at.memory_bytes) : unknown),
      fact('Time on this machine', ...(at ? mapWords.time(at, isExact) : [unknown])));
  };
  const showNote = (text, canAgain) => {
    note.hidden = !text;
    note.replaceChildren(text, ...(canAgain ? [' ', el('button', { type: 'button', class: 'd-link', text: 'Measure again', onclick: onAgain })] : []));
  };

  /* `network` is {stages, words} or not known yet; `answer` is what the app said about the costs. */
  const show = ({ network, config, answer, isWrong }) => {
    const stages = network?.stages ?? [];
    picture.hidden = facts.hidden = words.hidden = !stages.length;
    phases.hidden = true;
    if (!stages.length) {
      drawn = '';
      showNote(network?.words || 'Looking at the network \u2026', false);
      return;
    }
    const n = stages.length, isExact = config.optimizer === 'exact';
    const frozen = mapWords.frozenAt(config.freeze, n);
    const now = JSON.stringify([stages, network.hasWeights, frozen, config.head_lr, config.layer_decay, config.optimizer, config.weights]);
    if (now !== drawn) { drawn = now; draw(network, frozen, config); }
    slider.max = n;
    slider.value = frozen;
    words.textContent = mapWords.position(frozen, n, isExact);
    slider.setAttribute('aria-valuetext', words.textContent);
    slider.style.setProperty('--at', `${(frozen / n) * 100}%`);
    const turns = mapWords.phases(config, frozen, n);
    phases.hidden = !turns.length;
    phases.replaceChildren(...turns.map((turn, i) => el('li', { class: i ? 'is-learning' : '', style: `flex-grow:${turn.epochs}`, text: turn.words })));
    showFacts(stages, frozen, answer, isExact && frozen === n);
    const isToldElsewhere = isWrong || answer?.status === 'measuring';
    showNote(isToldElsewhere ? '' : answer?.words ?? '', answer?.status === 'failed');
  };
  slider.addEventListener('input', () => onMove(+slider.value));
  return { node, show };
};
