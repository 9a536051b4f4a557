// Starts the app once `#first` is painted, which the server has sent to be read until then and which hides the app as
// long as it stands; takes it away when the app has drawn the page or shows anything else in its place. The reader finds
// the app scrolled as far, with what was unfolded unfolded and the focus on the same link.
(() => {
  const first = document.getElementById('first');
  const root = document.getElementById('root');

  // A font of the style sheet would be looked for again, and shown however late, when the app adds its style sheets.
  const { href } = document.querySelector('link[as=font]');
  document.fonts.add(new FontFace('First Sans', `url("${href}")`, { weight: '100 900', display: 'optional' }));

  // Once: then the template is empty. The style sheet of the pages is to stand behind the app's own, which are added to
  // the head.
  const { content } = document.getElementById('app');
  function start() {
    if (!content.firstElementChild) return;
    root.before(content.firstElementChild);
    document.head.append(content);
  }
  new PerformanceObserver(start).observe({ type: 'paint', buffered: true });
  setTimeout(start, document.hidden ? 0 : 1000); // a tab in the background is not painted

  function giveWay() {
    const focused = first.contains(document.activeElement) && document.activeElement.getAttribute('href');
    const open = [...first.querySelectorAll('details')].map(details => details.open);
    const position = scrollY;
    first.remove();
    root.querySelectorAll('.findings details').forEach((details, number) => { details.open = Boolean(open[number]); });
    root.querySelector('[data-testid=stMain]').scrollTop = position;
    if (focused) root.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  const find = selector => root.querySelector(selector);
  new MutationObserver((_, observer) => {
    if (find('[data-testid=stSkeleton], [data-testid=stAppSkeleton]')) return;
    if (!find('footer[data-address], [data-test-script-state=notRunning] .stElementContainer')) return;
    observer.disconnect();
    requestAnimationFrame(giveWay);
  }).observe(root, { childList: true, subtree: true, attributeFilter: ['data-test-script-state'] });

  // The app has read the address by which it was opened, and would show that page under another one.
  addEventListener('popstate', event => { if (event.isTrusted && first.isConnected) location.reload(); });
})();
