// Starts the app once `#first` is painted, which the server has sent to be read until then and which hides the app as
// long as it stands, so that the hundred files of the app wait for that; takes it away when the app has drawn. The app
// takes its place in one frame, once it is complete and its boxes stand still: scrolled as far, with what was unfolded
// unfolded and the focus on the same link. If the app does not start, the words stay; if it shows anything else in place
// of the page, they give way to that.
(() => {
  const first = document.getElementById('first');
  const root = document.getElementById('root');
  const STILL = 3; // frames
  let last = '', still = 0;

  // A font of the style sheet would be looked for again, and shown however late, when the app adds its style sheets.
  const { href } = document.querySelector('link[as=font]');
  document.fonts.add(new FontFace('First Sans', `url("${href}")`, { weight: '100 900', display: 'optional' }));

  const app = document.getElementById('app');
  // Once: then it has no content. The style sheet of the pages comes first in it; it is to stand behind the app's own
  // styles, which the app adds to the head.
  function start() {
    const [sheet] = app.content.children;
    if (!sheet) return;
    root.before(sheet);
    document.head.append(app.content);
  }

  const find = selector => root.querySelector(selector);
  const isComplete = () => !find('[data-testid=stSkeleton], [data-testid=stAppSkeleton]')
    && (find('footer[data-address]') || find('[data-test-script-state=notRunning] .stElementContainer'));

  function boxes() {
    return [...root.querySelectorAll('.stElementContainer')].slice(0, 60).map(element => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height].map(Math.round).join();
    }).join(';');
  }

  function look() {
    const now = isComplete() ? boxes() : '';
    still = now && now === last ? still + 1 : 0;
    last = now;
    if (still < STILL) requestAnimationFrame(look);
    else giveWay();
  }

  function giveWay() {
    const focused = first.contains(document.activeElement) && document.activeElement.getAttribute('href');
    const open = [...first.querySelectorAll('details')].map(details => details.open);
    const position = scrollY;
    first.remove();
    root.querySelectorAll('.findings details').forEach((details, number) => { details.open = Boolean(open[number]); });
    const main = find('[data-testid=stMain]');
    if (position && main) main.scrollTop = position;
    if (focused) find(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    performance.mark('first-view-gone');
  }

  // The app has read the address by which it was opened, and would show that page under another one.
  addEventListener('popstate', event => { if (event.isTrusted && first.isConnected) location.reload(); });

  // A tab in the background is not painted.
  new PerformanceObserver(start).observe({ type: 'paint', buffered: true });
  setTimeout(start, document.hidden ? 0 : 1000);

  new MutationObserver((_, observer) => {
    if (!isComplete()) return;
    observer.disconnect();
    look();
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-test-script-state'] });
})();
