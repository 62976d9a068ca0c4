/* The photos worth another look, worst first, as a list to go through. Knows no gesture. */
const createFixList = ({ names, colourOf, onChoose, onEnd }) => {
  const { el } = dragon;
  const NEAR_END_PX = 400;
  const node = el('div', { class: 'fix-list', role: 'listbox', tabindex: 0, 'aria-label': 'Photos worth another look' });
  let drawn = '';

  const reasonOf = ({ kind, kinds }) => {
    const more = kinds.length - 1;
    return names(kind) + (more ? ` +${more}` : '');
  };
  const classLine = (finding) => {
    const now = el(
      'span',
      { class: 'fix-class' },
      el('i', { class: 'd-dot', style: `--c:${colourOf(finding.class_id)}` }),
      el('span', { class: 'd-cut', text: finding.class || 'No class' }),
    );
    if (!finding.suggestion) return now;
    return el('span', { class: 'fix-class' }, now, el('span', { class: 'd-cut d-quiet', text: `\u2192 ${finding.suggestion.class}?` }));
  };
  const option = (finding) => {
    const { id, v, name } = finding.image;
    const made = el(
      'div',
      { class: 'fix-option', role: 'option', id: `fix-${id}`, 'data-id': id, title: name },
      el('img', { alt: '', loading: 'lazy', src: `/dragon/thumbnails/${id}?v=${v}` }),
      el(
        'span',
        { class: 'fix-option-words' },
        classLine(finding),
        el('span', { class: 'd-cut d-quiet', text: reasonOf(finding) }),
        el('span', { class: 'd-hidden', text: name }),
      ),
    );
    made.addEventListener('click', () => onChoose(id));
    return made;
  };
  node.addEventListener('scroll', () => {
    const isLow = node.scrollTop + node.clientHeight > node.scrollHeight - NEAR_END_PX;
    const isFar = node.scrollLeft + node.clientWidth > node.scrollWidth - NEAR_END_PX;
    if (isLow && isFar) onEnd();
  });

  /* Drawn anew only when a photo came, went or changed; the choice moves alone. */
  const show = (findings, here) => {
    const key = JSON.stringify(findings.map((each) => [each, names(each.kind), colourOf(each.class_id)]));
    if (key !== drawn) node.replaceChildren(...findings.map(option));
    drawn = key;
    for (const each of node.children) each.ariaSelected = String(Number(each.dataset.id) === here);
    const chosen = node.querySelector('[aria-selected="true"]');
    if (chosen) node.setAttribute('aria-activedescendant', chosen.id);
    else node.removeAttribute('aria-activedescendant');
    if (chosen?.id !== node.dataset.seen) chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    node.dataset.seen = chosen?.id ?? '';
  };
  /* Keys are the photos' after a click on the tab; who goes from tab to tab by keyboard stays there. */
  const takeKeys = () => {
    if (document.activeElement?.matches('[role="tab"]:not(:focus-visible)')) node.focus({ preventScroll: true });
  };
  return { node, show, takeKeys };
};
