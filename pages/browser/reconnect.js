// A browser that lost its connection runs nothing when it is back, and a session that the server has forgotten would miss
// the next click: the screen of the address is run at once, and the reader stays where they are.
(() => {
  let isLost = false;
  new MutationObserver(() => {
    const connected = document.querySelector('[data-test-connection-state=CONNECTED]');
    if (connected && isLost) dispatchEvent(new PopStateEvent('popstate', { state: { reconnected: true } }));
    isLost = !connected && (isLost || !!document.querySelector('footer[data-address]'));
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-test-connection-state'] });
})();
