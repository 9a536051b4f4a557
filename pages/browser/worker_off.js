// In place of the service worker of versions before 2.0.0: removes what that had kept, and itself. For one release.
(() => {
  const PREFIX = `app files ${new URL(registration.scope).pathname} `;

  addEventListener('install', () => skipWaiting());

  addEventListener('activate', event => event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter(name => name.startsWith(PREFIX)).map(name => caches.delete(name)));
    await registration.unregister();
  })().catch(() => {})));
})();
