// In place of worker.js where the operator has switched it off: removes what that had kept, and itself.
(() => {
  const PREFIX = `app files ${settings.base} `;

  addEventListener('install', () => skipWaiting());

  addEventListener('activate', event => event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter(name => name.startsWith(PREFIX)).map(name => caches.delete(name)));
    await registration.unregister();
  })().catch(() => {})));
})();
