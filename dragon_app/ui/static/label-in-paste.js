/* Ctrl-V on the Label tab: what is on the clipboard is added like every other photo. */
const takePastes = ({ isHere, onPaste }) => {
  const listener = (event) => {
    if (!isHere() || dragon.isTyping(event) || document.querySelector('dialog[open]')) return;
    const files = [...event.clipboardData.files];
    if (!files.length) {
      dragon.toast('There is no photo on the clipboard. Copy one first, then paste it here.', { key: 'paste' });
      return;
    }
    event.preventDefault();
    const at = new Date().toISOString().slice(0, 19).replaceAll(':', '-').replace('T', ' ');
    /* Browsers call every picture image.png: the time tells them apart. */
    const named = (file) => (file.name === 'image.png' ? new File([file], `pasted ${at}.png`, { type: file.type }) : file);
    onPaste(files.map((file) => ({ file: named(file), folders: [] })));
  };
  document.addEventListener('paste', listener);
};
