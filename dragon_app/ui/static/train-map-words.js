/* The freezing map in words: what stays frozen, what learns, how much that is. No drawing. */
const mapWords = (() => {
  const FREEZE = { nothing: () => 0, 'all-but-last-stage': (stages) => stages - 1, backbone: (stages) => stages };

  /* How many stages a value of the setting freezes, and the value that freezes so many. */
  const frozenAt = (freeze, stages) => Math.min(stages, FREEZE[freeze]?.(stages) ?? +freeze);
  const freezeAt = (frozen, stages) => (frozen === stages ? 'backbone' : frozen === 0 ? 'nothing'
    : frozen === stages - 1 ? 'all-but-last-stage' : frozen);

  const span = (first, last) => (first === last ? `stage ${first}` : `stages ${first} ${last === first + 1 ? 'and' : 'to'} ${last}`);
  const upper = (text) => text[0].toUpperCase() + text.slice(1);
  const position = (frozen, stages, isExact) => {
    if (isExact && frozen === stages) return `All ${stages} stages stay frozen. The best last layer is computed: no rate, no epochs.`;
    if (frozen === stages) return `All ${stages} stages stay frozen: only the head, a new last layer, learns.`;
    if (!frozen) return `Nothing is frozen: all ${stages} stages learn, and the head.`;
    return `${upper(span(1, frozen))} ${frozen === 1 ? 'stays' : 'stay'} frozen: ${span(frozen + 1, stages)} and the head learn.`;
  };
  /* The rate of a stage, the slower the further from the head. */
  const rate = (config, index, stages) => config.head_lr * config.layer_decay ** (stages - index + 1);

  /* What stages of a network that shrinks the picture are known to see, from edges to whole things.
     Said only where it holds: of maps, when they begin from learned weights. */
  const SEEN = ['edges, colours', 'textures', 'patterns', 'parts', 'whole things'];
  const sees = (i, stages) => SEEN[Math.round((i / (stages - 1)) * (SEEN.length - 1))];
  const hints = ({ stages, hasWeights }, { weights: source }) => {
    const sizes = stages.map((each) => each.output_size_px);
    const shrinks = sizes.every((size, i) => size && (!i || size < sizes[i - 1]));
    const isKnown = shrinks && stages.length > 2 && (source === 'auto' ? hasWeights : source !== 'none');
    return stages.map((_, i) => (isKnown ? sees(i, stages.length) : ''));
  };

  const weights = (count) => (count < 1e3 ? String(count) : count < 1e6 ? `${+(count / 1e3).toPrecision(3)} K` : `${+(count / 1e6).toPrecision(3)} M`);
  const amount = (count) => (count < 1e6 ? (+count.toPrecision(3)).toLocaleString('en') : `${(count / 1e6).toPrecision(3)} million`);
  const memory = (bytes) => (bytes < 1e9 ? `about ${Math.round(bytes / 1e7) * 10 || 10} MB` : `about ${(bytes / 1e9).toFixed(1)} GB`);
  const seconds = (time) => (time < 1 ? 'under 1 s' : time < 10 ? `${+time.toFixed(1)} s` : dragon.duration(time));
  const time = ({ once_s: once, epoch_s: epoch, total_s: total }, isExact) => {
    if (isExact) return [seconds(total), ''];
    return [`${seconds(total)} in all`, `${once > 0.05 ? `${seconds(once)} once, then ` : ''}${seconds(epoch)} an epoch`];
  };
  /* The phases of a run in which the head learns first. */
  const phases = (config, frozen, stages) => {
    const first = +config.unfreeze_after, epochs = +config.epochs;
    if (!(first > 0 && first <= epochs) || frozen === stages) return [];
    const range = (from, to) => (from === to ? `Epoch ${from}` : `Epochs ${from} to ${to}`);
    if (first === epochs) return [{ epochs, words: `${range(1, epochs)}: only the head, to the end` }];
    return [{ epochs: first, words: `${range(1, first)}: only the head` },
      { epochs: epochs - first, words: `${range(first + 1, epochs)}: ${frozen ? span(frozen + 1, stages) : `all ${stages} stages`} too` }];
  };
  return { frozenAt, freezeAt, position, rate, hints, weights, amount, memory, time, phases };
})();
