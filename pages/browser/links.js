// Links between the screens. Each is an ordinary <a href> with the whole view in its address: it can be opened in a new
// tab, copied and bookmarked, and works while the app is not connected. A plain click does not load the page again:
// Streamlit runs the screen of the address, as it does for back and forward. A screen reached by a link starts at its
// top with the focus on its heading (in the edition for paper on the button that prints), unless the link (`data-stay`)
// only changes the screen it is on: then the reader stays in place, and what has the focus keeps it when it is drawn anew.
// A metric (`figure=<id>`) or a conflict (`conflict=<id>`) comes to the middle of the window with the focus on it; back
// and forward restore the scroll position.
(() => {
  const paths = new Set(document.currentScript.dataset.pages.split(' '));
  const positions = new Map(); // last scroll position by address
  let pending = 'load'; // until the screen of the address is drawn: 'load', 'link' or 'history'
  let stay = ''; // if the followed link leaves the reader in place, the id of what had the focus last, at first its own
  let overPage = !!history.state?.dialog; // whether the entry is a dialog that a link opened

  const find = selector => document.querySelector(selector);
  const main = () => find('[data-testid=stMain]');
  const isLost = () => document.activeElement === document.body;

  // The screen of an address, whatever the order of its parameters, without the dialog (`share`) that may be over it.
  function screenOf({ pathname, search }) {
    const query = new URLSearchParams(search);
    query.delete('share');
    query.sort();
    return `${pathname}?${query}`;
  }

  const hasDialog = ({ search }) => new URLSearchParams(search).has('share');
  const opens = (dialog, page) => hasDialog(dialog) && screenOf(dialog) === screenOf(page);

  function isDrawn() {
    const footers = document.querySelectorAll('footer[data-address]');
    return footers.length === 1 && document.querySelectorAll('h1').length < 2 // else parts of the last one are left
      && screenOf(new URL(footers[0].dataset.address, location)) === screenOf(location);
  }

  function findMetric() {
    const query = new URLSearchParams(location.search), id = query.get('figure');
    if (query.has('share')) return null;
    return document.getElementById(id ? `figure-${id}` : `conflict-${query.get('conflict')}`);
  }

  function showMetric(metric) {
    metric.querySelector('details')?.setAttribute('open', '');
    for (let fold = metric; fold; fold = fold.parentElement.closest('details')) fold.open = true;
    metric.tabIndex = -1;
    metric.focus({ preventScroll: true });
    metric.scrollIntoView({ block: 'center' });
    metric.classList.add('asked');
    setTimeout(() => metric.classList.remove('asked'), 2000);
  }

  function focusHeading() {
    const heading = find('button[data-print], h1');
    if (heading?.tagName === 'H1') heading.tabIndex = -1;
    heading?.focus({ preventScroll: true });
  }

  function arrive() {
    if (stay && isLost()) document.getElementById(stay)?.focus({ preventScroll: true });
    if (!isDrawn()) return;
    changes.disconnect();
    const metric = pending !== 'history' && findMetric();
    const begins = pending === 'link' && !stay;
    if (begins) main().scrollTop = 0;
    if (pending === 'history') main().scrollTop = positions.get(location.href) ?? 0;
    if (metric) showMetric(metric);
    else if (begins || pending !== 'load' && isLost()) focusHeading();
    pending = '';
  }

  const changes = new MutationObserver(arrive);
  const observe = () => changes.observe(document, { childList: true, subtree: true });
  observe();

  addEventListener('focusin', ({ target }) => { if (pending && stay && target.id) stay = target.id; });

  // Streamlit would add an entry when the dialog is closed: instead the one of the link is left, or the dialog's own
  // becomes the page's.
  const { pushState } = history;
  history.pushState = (state, unused, address = '') => {
    const page = new URL(address, location);
    if (hasDialog(page) || !opens(location, page)) pushState.call(history, state, unused, address);
    else if (overPage) history.back();
    else history.replaceState(state, unused, address);
  };

  addEventListener('popstate', ({ state, isTrusted }) => {
    if (state?.reconnected) return;
    const stays = state?.dialog || overPage && isTrusted;
    overPage = !!state?.dialog;
    if (stays) return;
    pending = isTrusted ? 'history' : 'link';
    if (isTrusted) stay = '';
    observe();
    arrive();
  });

  document.addEventListener('scroll', ({ target }) => {
    if (!pending && target === main()) positions.set(location.href, target.scrollTop);
  }, { capture: true, passive: true });

  // What unfolds at the foot of a page, the citation with the link, comes into sight.
  document.addEventListener('toggle', ({ target }) => {
    if (target.open && target.matches('.cite')) target.scrollIntoView({ block: 'nearest' });
  }, true);

  function go(address, id = '') {
    stay = id;
    positions.set(location.href, main().scrollTop);
    const state = opens(address, location) ? { dialog: true } : {};
    history[address.href === location.href ? 'replaceState' : 'pushState'](state, '', address.href);
    dispatchEvent(new PopStateEvent('popstate', { state }));
  }

  // The dialog of a metric (`.more-ways`) opens over the screen that the reader is on. After a wait the link may have been
  // drawn anew, with the text or the choice in its address.
  function follow(link) {
    const same = other => ['id', 'pathname', 'textContent'].every(part => other[part] === link[part]);
    const { href, id, dataset } = link.isConnected ? link : [...document.querySelectorAll('a[href]')].find(same) ?? link;
    const address = new URL(href), here = new URL(location);
    here.searchParams.set('share', address.searchParams.get('share'));
    go(link.matches('.more-ways') ? here : address, 'stay' in dataset ? id : '');
  }

  // A value of a filter (`data-filter`) is added to the address as it is now, or removed from it: of two that are pressed
  // at once both count. Values stand in the order of their buttons. The list starts at its first page again, and a scope
  // means nothing without a city.
  function choose(button) {
    const { id, value, dataset: { filter }, parentElement } = button;
    const address = new URL(location), query = address.searchParams;
    const values = (query.get(filter) ?? '').split(',');
    const offered = [...parentElement.children].map(other => other.value);
    const chosen = offered.filter(other => (other === value) !== values.includes(other));
    button.setAttribute('aria-pressed', chosen.includes(value));
    query.set(filter, chosen);
    for (const name of [!chosen.length && filter, 'page', !query.get('city') && 'scope']) query.delete(name);
    go(address, id);
  }

  // The search sends its text when it loses the focus. The run for it has to end first, or it would bring back the screen
  // that was left; before a link is followed that for a choice too, which is not yet in the addresses of the links.
  function isSending() {
    const field = find('.st-key-search input'), sent = new URL(location).searchParams.get('search') ?? '';
    return !!field && field.value.trim() !== sent.trim();
  }

  const isChoosing = () => pending && stay;

  function whenDrawn(act, end = performance.now() + 3000) {
    const isBusy = isSending() || isChoosing() || !isDrawn() || !find('[data-test-script-state=notRunning]');
    if (isBusy && performance.now() < end) requestAnimationFrame(() => whenDrawn(act, end));
    else act();
  }

  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.button || !find('[data-test-connection-state=CONNECTED]')) return;
    const button = event.target.closest?.('button[data-filter]');
    if (button) isSending() ? whenDrawn(() => choose(button)) : choose(button);
    const link = event.target.closest?.('a[href], area[href]');
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (!link || link.origin !== location.origin || !paths.has(link.pathname)) return;
    if (link.hasAttribute('download') || !['', '_self'].includes(link.target)) return;
    if (link.hash && link.href.split('#')[0] === location.href.split('#')[0]) return; // a fragment of this screen
    event.preventDefault();
    isSending() || isChoosing() ? whenDrawn(() => follow(link)) : follow(link);
  });
})();
