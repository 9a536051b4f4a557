// Registers the service worker that keeps the app's files (worker.js), once the page is drawn, and tells a new one which
// files the page has loaded. `data-worker` is its address; empty where the operator has switched it off: then the one of
// an earlier visit is removed with what it kept. `data-base` is the base path with a slash at its end.
(() => {
  const { worker, base } = document.currentScript.dataset;
  const container = navigator.serviceWorker; // none without https, nor in some private windows
  if (!container) return;

  async function register() {
    const registration = await container.register(worker, { scope: base, updateViaCache: 'none' });
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
    registration.installing?.postMessage(loaded);
  }

  async function remove() {
    const registration = await container.getRegistration(base);
    if (registration && new URL(registration.scope).pathname === base) await registration.unregister();
    const names = await caches.keys();
    await Promise.all(names.filter(name => name.startsWith(`app files ${base} `)).map(name => caches.delete(name)));
  }

  const isDrawn = () => document.querySelector('footer[data-address]') && !document.getElementById('first');
  const quietly = action => action().catch(() => {}); // the page works without it

  if (!worker) {
    quietly(remove);
    return;
  }
  new MutationObserver((_, observer) => {
    if (!isDrawn()) return;
    observer.disconnect();
    quietly(register);
  }).observe(document, { childList: true, subtree: true });
})();
