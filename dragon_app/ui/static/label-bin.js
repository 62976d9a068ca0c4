/* Emptying the bin: asks once, says that nothing brings the photos back. */
const createEmptyBin = ({ run, isBin, count, onSure }) => {
  const { el, icon } = dragon;
  const empty = async () => {
    const n = count();
    const isSure = await dragon.confirm({
      title: 'Empty the bin?',
      text: `${dragon.count(n, 'photo')} will be removed from this workspace for good, with what was computed from ${n === 1 ? 'it' : 'them'}. This cannot be undone. Results of runs keep their numbers.`,
      yes: 'Remove for good',
      isDanger: true,
    });
    if (!isSure) return;
    onSure();
    const asked = { batch: dragon.newBatch(), expected: n };
    const answer = await run(() => dragon.call('/bin/empty', asked, { seconds: 600 }));
    if (answer) dragon.toast(answer.words, { key: 'gesture' });
  };
  const button = el(
    'button',
    { type: 'button', class: 'd-button is-danger', hidden: true, onclick: empty },
    icon('bin'),
    'Empty the bin',
  );
  const show = () => {
    button.hidden = !isBin() || !count();
  };
  return { button, show };
};
