// The dialog "Download or share" and the blocks of code. Their buttons save the image (`data-save`: png or svg) and copy it
// or a text (`data-copy`: image, or the name of an element with that `data-text`); the status line beside them says what
// was done, in words that it carries.
// The image is made by the toolbar of the chart, which is hidden.
(() => {
  const TIMEOUT = 30000; // ms until an image counts as not made

  const dialog = () => document.querySelector('.st-key-share');

  function say(place, message) {
    const status = place.querySelector('.said');
    status.textContent = '';
    status.dataset.state = message;
    requestAnimationFrame(() => { status.textContent = status.dataset[message]; });
  }

  // Resolves with the image. Plotly makes an object URL of it and follows a link to that, which saves it: `save` says
  // whether it may.
  function makeImage(format, save) {
    const plot = dialog().querySelector('.js-plotly-plot');
    const tool = plot?.querySelector('.modebar-btn');
    if (!tool) return Promise.reject(new Error('no chart'));
    const { createObjectURL } = URL;
    const { click } = HTMLAnchorElement.prototype;
    const type = format === 'svg' ? 'image/svg+xml' : 'image/png';
    const options = plot._context.toImageButtonOptions;
    const scale = options.scale;
    Object.assign(options, { format, scale: format === 'svg' ? 1 : scale });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('timeout')), TIMEOUT);
      let image;
      URL.createObjectURL = blob => {
        if (blob.type.startsWith(type)) image = blob;
        return createObjectURL.call(URL, blob);
      };
      HTMLAnchorElement.prototype.click = function () {
        const saves = this.hasAttribute('download') && image;
        if (!saves || save) click.call(this);
        if (!saves) return;
        clearTimeout(timer);
        resolve(image);
      };
      tool.click();
    }).finally(() => {
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
      Object.assign(options, { scale });
    });
  }

  // The clipboard gets the promise: some browsers refuse what is copied after the click has ended.
  function copyImage() {
    const image = makeImage('png', false);
    return navigator.clipboard.write([new ClipboardItem({ 'image/png': image })]);
  }

  async function copyText(place, name) {
    const text = place.querySelector(`[data-text="${CSS.escape(name)}"]`);
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch (error) {
      getSelection().selectAllChildren(text);
      throw error;
    }
  }

  // Closed, the dialog gives the focus back to what had it before. After a reload, and where the address had opened it,
  // that is nothing, and the focus is nowhere or on the page's first link: then the link of the chart gets it.
  let shown = ''; // the chart whose dialog is open
  const isLost = element => element === document.body || element?.dataset.testid === 'stSkipToContent';
  function returnFocus() {
    const chart = shown, end = performance.now() + TIMEOUT;
    let used = false; // the reader goes on
    const stop = () => { used = true; };
    for (const act of ['keydown', 'pointerdown']) addEventListener(act, stop, { capture: true, once: true });
    shown = '';
    // The run that closes the dialog draws the link anew, which may come after this.
    const focus = () => {
      if (used) return;
      if (isLost(document.activeElement)) {
        [...document.querySelectorAll('a[href]')]
          .find(({ search }) => new URLSearchParams(search).get('share') === chart)?.focus();
      }
      if (performance.now() < end) setTimeout(focus, 100);
    };
    focus();
  }
  const changes = new MutationObserver(() => {
    if (document.querySelector('.stDialog')) shown ||= new URLSearchParams(location.search).get('share') ?? '';
    else if (shown) setTimeout(returnFocus, 100); // by then the dialog has given it back itself, if it can
  });
  addEventListener('DOMContentLoaded', () => changes.observe(document.body, { childList: true }));

  document.addEventListener('click', async event => {
    const button = event.target.closest?.('button[data-save], button[data-copy]');
    if (!button || button.ariaDisabled) return;
    const place = button.closest('.st-key-share, .code');
    const { save, copy } = button.dataset;
    if (save) button.ariaDisabled = 'true'; // really disabled, it would lose the focus, and with it the Escape key
    try {
      if (save) await makeImage(save, true);
      else if (copy === 'image') await copyImage();
      else await copyText(place, copy);
      say(place, save ? 'saved' : 'copied');
    } catch {
      say(place, save ? 'failed' : 'refused');
    }
    button.ariaDisabled = null;
  });
})();
