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
  let pending = 'load'; // until the screen of the address is drawn: 'load'; 'link', then 'running'; or 'history'
  let stay = ''; // if the followed link leaves the reader in place, the id of what had the focus last, at first its own
  let stopScrolling = () => {};

  const main = () => document.querySelector('[data-testid=stMain]');
  const running = () => document.querySelector('[data-test-script-state=running]');
  const connected = () => document.querySelector('[data-test-connection-state=CONNECTED]');
  const parameters = search => [...new URLSearchParams(search)].sort().join('&');

  function isDrawn() {
    const footers = document.querySelectorAll('footer[data-address]');
    if (footers.length !== 1 || document.querySelectorAll('h1').length > 1) return false; // parts of the last one
    const { pathname, search } = new URL(footers[0].dataset.address, location.origin);
    return pathname === location.pathname && parameters(search) === parameters(location.search);
  }

  // Scrolls again whenever the screen grows (charts may not have their final height yet), until the reader does anything.
  function keepScrolling(scroll) {
    const growth = new ResizeObserver(scroll);
    const interruptions = ['wheel', 'touchstart', 'pointerdown', 'keydown'];
    stopScrolling = () => {
      growth.disconnect();
      interruptions.forEach(name => removeEventListener(name, stopScrolling, true));
    };
    interruptions.forEach(name => addEventListener(name, stopScrolling, true));
    growth.observe(main().firstElementChild);
    scroll();
  }

  function restore(position) {
    keepScrolling(() => {
      main().scrollTop = position;
      if (main().scrollTop >= position - 1) stopScrolling();
    });
  }

  function findMetric() {
    const query = new URLSearchParams(location.search);
    if (query.has('share')) return null;
    const id = query.get('figure');
    return document.getElementById(id ? `figure-${id}` : `conflict-${query.get('conflict')}`);
  }

  function showMetric(metric) {
    const evidence = metric.querySelector('details');
    if (evidence) evidence.open = true;
    for (let fold = metric.closest('details'); fold; fold = fold.parentElement.closest('details')) {
      if (!fold.open) fold.querySelector('summary').click();
    }
    metric.tabIndex = -1;
    metric.classList.add('asked');
    setTimeout(() => {
      metric.classList.remove('asked');
      stopScrolling();
    }, 2000);
    keepScrolling(() => {
      metric.focus({ preventScroll: true }); // not possible before its part is unfolded
      metric.scrollIntoView({ block: 'center' });
    });
  }

  const isLost = () => document.activeElement === document.body;

  function keepFocus() {
    if (stay && isLost()) document.getElementById(stay)?.focus({ preventScroll: true });
  }

  addEventListener('focusin', ({ target }) => { if (pending && stay && target.id) stay = target.id; });

  function focusHeading() {
    const heading = document.querySelector('button[data-print], h1');
    if (!heading) return;
    if (heading.tagName === 'H1') heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  function arrive() {
    const drawn = isDrawn();
    if (pending === 'link' && (drawn || running())) {
      if (!stay) main().scrollTop = 0;
      pending = 'running';
    }
    keepFocus();
    if (!drawn) return;
    changes.disconnect();
    const metric = pending !== 'history' && findMetric();
    if (metric) showMetric(metric);
    else if (pending === 'running' && !stay || pending !== 'load' && isLost()) focusHeading();
    if (pending === 'history') restore(positions.get(location.href) ?? 0);
    pending = '';
  }

  const changes = new MutationObserver(arrive);
  if (/[?&](figure|conflict)=/.test(location.search)) {
    changes.observe(document, { childList: true, subtree: true });
  } else {
    pending = '';
  }

  // The dialog of a chart (`share`) opens and closes over a page that stays as it is.
  function withoutDialog(search) {
    const query = new URLSearchParams(search);
    query.delete('share');
    return parameters(query);
  }

  const isDialogOf = (dialog, page) => dialog.pathname === page.pathname && new URLSearchParams(dialog.search).has('share')
    && withoutDialog(dialog.search) === withoutDialog(page.search);
  let overPage = !!history.state?.dialog; // whether the entry is a dialog that a link opened

  // Streamlit would add an entry when the dialog is closed: instead the one of the link is left, or the dialog's own
  // becomes the page's.
  const { pushState } = history;
  history.pushState = function (state, unused, address) {
    const page = new URL(address ?? '', location.href);
    const closes = isDialogOf(location, page) && !new URLSearchParams(page.search).has('share');
    if (!closes) pushState.call(history, state, unused, address);
    else if (overPage) history.back();
    else history.replaceState(state, unused, address);
  };

  addEventListener('popstate', event => {
    if (event.state?.reconnected) return;
    const dialog = !!event.state?.dialog;
    const opensOrCloses = dialog || overPage && event.isTrusted;
    overPage = dialog;
    if (opensOrCloses) return;
    pending = event.isTrusted ? 'history' : 'link';
    if (event.isTrusted) stay = '';
    stopScrolling();
    changes.observe(document.body, { childList: true, subtree: true });
    arrive();
  });

  document.addEventListener('scroll', event => {
    if (!pending && event.target === main()) positions.set(location.href, event.target.scrollTop);
  }, { capture: true, passive: true });

  // What unfolds at the foot of a page, the citation with the link, comes into sight.
  document.addEventListener('toggle', ({ target }) => {
    if (target.open && target.matches('.cite')) target.scrollIntoView({ block: 'nearest' });
  }, true);

  function follow(link) {
    stay = 'stay' in link.dataset ? link.id : '';
    positions.set(location.href, main().scrollTop);
    const dialog = isDialogOf(link, location);
    const state = dialog ? { dialog } : {};
    history[link.href === location.href ? 'replaceState' : 'pushState'](state, '', link.href);
    dispatchEvent(new PopStateEvent('popstate', { state }));
  }

  // The dialog of a metric (`.more-ways`) opens over the screen that the reader is on.
  function overThisScreen(link) {
    const address = new URL(location.href);
    address.searchParams.set('share', new URL(link.href).searchParams.get('share'));
    return Object.assign(address, { dataset: {} });
  }

  // A value of a filter (`data-filter`) is added to the address as it is now, or removed from it: of two that are
  // pressed at once both count. Values stand in the order of their buttons. The list starts at its first page again, and
  // a scope means nothing without a city.
  function choose(button) {
    const { id, value, dataset: { filter } } = button;
    const address = new URL(location.href);
    const query = address.searchParams;
    const values = (query.get(filter) ?? '').split(',').filter(Boolean);
    const others = [...button.parentElement.children].map(other => other.value);
    const chosen = others.filter(other => (other === value) !== values.includes(other));
    button.setAttribute('aria-pressed', chosen.includes(value));
    if (chosen.length) query.set(filter, chosen);
    else query.delete(filter);
    query.delete('page');
    if (!query.has('city')) query.delete('scope');
    follow(Object.assign(address, { id, dataset: { stay: '' } }));
  }

  // A field sends a new text at Enter or when it loses the focus. On a slow connection the run for it begins late.
  let toRun = false; // whether a text was sent whose run has not begun
  let sent = '';
  const begins = new MutationObserver(() => {
    if (!running()) return;
    toRun = false;
    begins.disconnect();
  });
  function expectRun({ target }) {
    if (!target.matches?.('input[type=text]:not([role=combobox]), textarea') || target.value === sent) return;
    sent = target.value;
    toRun = true;
    begins.observe(document.body, { subtree: true, attributeFilter: ['data-test-script-state'] });
  }
  addEventListener('focusin', ({ target }) => { sent = target.value; }, true);
  addEventListener('keydown', event => { if (event.key === 'Enter') expectRun(event); }, true);
  addEventListener('change', expectRun, true);

  // What was just chosen is in the address, but not yet in those of the links.
  const isChoosing = () => pending && stay;

  // The run for a text has to end first, or it would bring back the screen that was left; that for a choice too, or the
  // choice would be lost.
  function whenIdle(act) {
    const end = performance.now() + 3000;
    const isBusy = () => toRun || isChoosing() || !document.querySelector('[data-test-script-state=notRunning]');
    const wait = () => {
      if (isBusy() && performance.now() < end) {
        requestAnimationFrame(wait);
        return;
      }
      toRun = false;
      act();
    };
    wait();
  }

  // That run may have drawn the link anew, with the text or the choice in its address.
  function latest(link) {
    const same = other => ['id', 'pathname', 'textContent'].every(part => other[part] === link[part]);
    return link.isConnected ? link : [...document.querySelectorAll('a[href]')].find(same) || link;
  }

  let leftField = -Infinity; // when a text field lost the focus
  document.addEventListener('focusout', event => {
    if (event.target.matches?.('input, textarea')) leftField = performance.now();
  }, true);

  const leavesField = () => performance.now() - leftField < 1000;

  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.button) return;
    const button = event.target.closest?.('button[data-filter]');
    if (button && connected()) leavesField() ? whenIdle(() => choose(button)) : choose(button);
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.('a[href], area[href]');
    if (!link || link.origin !== location.origin || !paths.has(link.pathname)) return;
    if (link.hasAttribute('download') || !['', '_self'].includes(link.target) || !connected()) return;
    if (link.hash && link.href.split('#')[0] === location.href.split('#')[0]) return; // a fragment of this screen
    event.preventDefault();
    if (leavesField() || isChoosing()) whenIdle(() => follow(latest(link)));
    else follow(link.matches('.more-ways') ? overThisScreen(link) : link);
  });
})();
