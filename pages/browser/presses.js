// A link or button in a part of the page that is drawn anew between press and release gets no click from the browser: the
// one in its place is clicked instead.
(() => {
  const CONTROLS = 'a[href], button[data-filter], button[data-close]';
  const control = event => event.target.closest?.(CONTROLS);
  let pressed = null;

  // The same but for what a choice changes: the address of a link, the count in a text.
  const name = ({ tagName, id, value, dataset, textContent }) =>
    [tagName, id, value, 'close' in dataset, id || 'close' in dataset || textContent].join();

  addEventListener('pointerdown', event => {
    const plain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    pressed = plain ? control(event) : null;
  }, true);

  addEventListener('pointerup', event => {
    const before = pressed;
    const now = control(event);
    pressed = null;
    if (before && now && !before.isConnected && name(before) === name(now)) now.click();
  }, true);
})();
