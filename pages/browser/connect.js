// The address of the server, so that the app connects at once: without it, it asks for its health and its configuration
// first, at a deep link at an address that does not exist. `data-base` is the base path with a slash at its end.
window.__streamlit = {
  BACKEND_BASE_URL: location.origin + document.currentScript.dataset.base,
  HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false, metricsUrl: '' },
};
