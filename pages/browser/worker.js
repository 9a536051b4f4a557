// The service worker that keeps the app's files in the browser: those below `static/` whose name holds a digest of their
// content and which the server calls immutable. Chromium keeps the compiled form of scripts that come from here, and
// compiles those from the network again at every visit. Pages, data links and sockets never come here.
// The server puts `settings` before this: the base path with a slash at its end, and a version that changes with the
// files. A new version takes the place of an old one at once and removes what that had kept.
(() => {
  const { base, version } = settings;
  const PREFIX = `app files ${base} `;
  const NAME = PREFIX + version;
  const MAX_FILES = 400; // Streamlit has fewer
  const MAX_BYTES = 40_000_000;
  const HASHED = /^(?:[\w-]+\/)+[\w.-]+\.[\w-]{8}\.(?:js|css|woff2)$/;
  const PATIENCE = 5000; // ms until an installation no longer waits for the list of the page's files

  function isFile(address) {
    const { origin, pathname, search } = new URL(address);
    return origin === location.origin && !search && pathname.startsWith(`${base}static/`)
      && HASHED.test(pathname.slice(base.length));
  }

  const isWhole = response => response.status === 200 && response.type === 'basic'
    && (response.headers.get('cache-control') ?? '').includes('immutable');

  // Not where the cache is gone: a newer version has removed it.
  async function keep(address, response) {
    if (!await caches.has(NAME)) return;
    const cache = await caches.open(NAME);
    if ((await cache.keys()).length >= MAX_FILES) return;
    const { usage = 0 } = await navigator.storage?.estimate?.() ?? {};
    if (usage < MAX_BYTES) await cache.put(address, response);
  }

  // During the installation, since Chromium compiles what is kept then in full.
  async function keepAll(addresses) {
    await caches.open(NAME);
    for (const address of [...new Set(addresses)].filter(isFile).slice(0, MAX_FILES)) {
      const response = await fetch(address); // from the browser's own cache
      if (isWhole(response)) await keep(address, response);
    }
  }

  const list = new Promise(resolve => {
    addEventListener('message', event => resolve(event.data));
    setTimeout(resolve, PATIENCE, []);
  });

  async function answer(event) {
    const { request } = event;
    const kept = await caches.match(request, { cacheName: NAME, ignoreVary: true }).catch(() => null);
    if (kept) return kept;
    const response = await fetch(request);
    if (isWhole(response)) event.waitUntil(keep(request.url, response.clone()).catch(() => {}));
    return response;
  }

  addEventListener('install', event => {
    try { // a page then need not wait until this worker has started
      const pathname = `${base}static/*`;
      event.addRoutes({ condition: { not: { urlPattern: { pathname } } }, source: 'network' }).catch(() => {});
    } catch { /* an older browser: the listener below passes over them */ }
    skipWaiting();
    event.waitUntil(list.then(keepAll).catch(() => {}));
  });

  addEventListener('activate', event => event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter(name => name.startsWith(PREFIX) && name !== NAME).map(name => caches.delete(name)));
    await clients.claim();
  })().catch(() => {})));

  addEventListener('fetch', event => {
    const { method, headers, url } = event.request;
    if (method === 'GET' && !headers.has('range') && isFile(url)) event.respondWith(answer(event));
  });
})();
