/* A run's model as a download: it is checked first, so that what is wrong is said here. */
const createTake = () => {
  const take = async (id, button) => {
    button.disabled = true;
    try {
      const { name } = await dragon.call(`/runs/${id}/package`);
      dragon.el('a', { href: `/dragon/runs/${id}/package.zip`, download: name }).click();
      dragon.toast('The download has begun. README.txt in it says how to use the model without this app.', { key: 'take' });
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad', key: 'take' });
    } finally {
      button.disabled = false;
    }
  };
  return (id) => {
    const button = dragon.el('button', {
      type: 'button',
      class: 'd-button is-small',
      title: 'The weights and a short program that uses them, as a zip',
      text: 'Download this model',
      onclick: () => take(id, button),
    });
    return button;
  };
};
