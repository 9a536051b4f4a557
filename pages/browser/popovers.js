// Popovers. Their contents are at the end of the document: opened by the keyboard, one gets the focus, which its closing
// button (`data-close`) gives back. Arrows go from one of the values of a filter to the next.
(() => {
  const contents = () => document.querySelector('[data-testid=stPopoverBody]');

  function focusContents(frames) {
    const first = contents()?.querySelector('button:not([tabindex="-1"])');
    if (first) first.focus();
    else if (frames) requestAnimationFrame(() => focusContents(frames - 1));
  }

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-testid=stPopoverButton], [data-close]');
    if (!button) return;
    if (!button.hasAttribute('data-close')) {
      const byKeyboard = event.isTrusted && !event.detail;
      if (byKeyboard && button.getAttribute('aria-expanded') !== 'true') focusContents(60);
      return;
    }
    const opener = document.querySelector('[data-testid=stPopoverButton][aria-expanded=true]');
    opener?.click();
    opener?.focus();
  }, true); // before Streamlit opens it

  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  document.addEventListener('keydown', event => {
    const step = STEPS[event.key];
    const values = step && event.target.closest?.('[data-filter]') && [...event.target.parentElement.children];
    if (!values) return;
    event.preventDefault();
    values[(values.indexOf(event.target) + step + values.length) % values.length].focus();
  });
})();
