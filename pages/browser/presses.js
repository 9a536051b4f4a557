// A link or button that is drawn anew or moves away between press and release gets no click from the browser: the one in its
// place is clicked instead, or the one that moved while the pointer stayed.
(() => {
  const STILL = 5; // px
  const control = event => event.target.closest?.('a[href], button');
  let pressed = null;

  // The same but for what a choice changes: the address of a link, the count in a text.
  const name = ({ tagName, id, value, textContent }) => [tagName, id, value, id || textContent].join();

  const meant = (before, event) => {
    const now = control(event);
    if (!before.part.isConnected) return now && name(before.part) === name(now) ? now : null;
    const stayed = Math.hypot(event.clientX - before.x, event.clientY - before.y) < STILL;
    return stayed && now !== before.part && before.part.checkVisibility() ? before.part : null;
  };

  addEventListener('pointerdown', event => {
    const plain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    const part = plain && control(event);
    pressed = part ? { part, x: event.clientX, y: event.clientY } : null;
  }, true);

  addEventListener('pointerup', event => {
    const before = pressed;
    pressed = null;
    if (before) meant(before, event)?.click();
  }, true);
})();
