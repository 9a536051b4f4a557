// What the keyboard does. The part of the page that scrolls is no stop of Tab, and scrolls while nothing has the focus.
// Popovers: their contents are at the end of the document. Opened by the keyboard, one gets the focus; its closing button
// (`data-close`) gives it back to what opened it, and Tab goes on from there after the last stop and before the first.
// Arrows go from one of the values of a filter to the next. Escape closes a dialog also where it lost the focus, as to a
// button that is disabled while its file is made.
(() => {
  const SCROLLING = [' ', 'PageDown', 'PageUp', 'End', 'Home', 'ArrowDown', 'ArrowUp'];
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const contents = () => document.querySelector('[data-testid=stPopoverBody]');

  function listStops() {
    return [...contents()?.querySelectorAll('a[href], button, input') ?? []].filter(stop => stop.tabIndex >= 0);
  }

  function focusContents(frames) {
    const [first] = listStops();
    if (first) first.focus();
    else if (frames) requestAnimationFrame(() => focusContents(frames - 1));
  }

  function close() {
    const opener = document.querySelector('[data-testid=stPopoverButton][aria-expanded=true]');
    opener?.click();
    opener?.focus();
  }

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-testid=stPopoverButton], [data-close]');
    if (!button) return;
    const byKeyboard = event.isTrusted && !event.detail;
    if (button.hasAttribute('data-close')) close();
    else if (byKeyboard && button.getAttribute('aria-expanded') !== 'true') focusContents(60);
  }, true); // before Streamlit opens it

  document.addEventListener('keydown', event => {
    const { key, shiftKey, target } = event;
    const main = document.querySelector('[data-testid=stMain]');
    if (main) main.tabIndex = -1;
    if (SCROLLING.includes(key) && target === document.body) main?.focus({ preventScroll: true });
    if (key === 'Escape' && target === document.body) document.querySelector('.stDialog button')?.click();
    if (key === 'Tab' && target === listStops().at(shiftKey ? 0 : -1)) {
      close();
      if (shiftKey) event.preventDefault();
    }
    const values = STEPS[key] && target.closest?.('[data-filter]') && [...target.parentElement.children];
    if (!values) return;
    event.preventDefault();
    values[(values.indexOf(target) + STEPS[key] + values.length) % values.length].focus();
  });
})();
