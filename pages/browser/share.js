// The dialog "Download or share" and the blocks of code. Their buttons save the image (`data-save`: png or svg), share it
// under a title (`data-share`), and copy it or a text (`data-copy`: image, or the name of the element with that
// `data-text`); the status line beside them says what was done, in words that it carries.
(() => {
  const TIMEOUT = 30000; // ms until an image counts as not made

  const toFile = (parts, name) => new File(parts, `${name}.png`, { type: 'image/png' });
  const shares = navigator.canShare?.({ files: [toFile([], 'image')] });
  document.documentElement.classList.toggle('shares', Boolean(shares));

  function say(place, message) {
    const status = place.querySelector('.said');
    status.textContent = '';
    status.dataset.state = message;
    requestAnimationFrame(() => { status.textContent = status.dataset[message]; });
  }

  // Resolves with the whole image as SVG, also where the reader has zoomed in. A hidden tool of the chart makes it, and
  // an object URL of it to save it, which it does not get.
  async function drawImage(plot, scale) {
    const [tool, reset] = ['.modebar-btn', '[data-val="reset"], [data-attr="reset"]'].map(one => plot.querySelector(one));
    if (reset) await new Promise(done => { plot.once('plotly_relayout', done); setTimeout(done, 1000); reset.click(); });
    const { createObjectURL } = URL;
    plot._context.toImageButtonOptions.scale = scale;
    return new Promise((resolve, reject) => {
      setTimeout(reject, TIMEOUT);
      URL.createObjectURL = blob => { resolve(blob); throw new Error('taken'); };
      tool.click();
    }).finally(() => { URL.createObjectURL = createObjectURL; });
  }

  // A file has no font of the page: that which it names is put into it.
  async function addFont(svg) {
    const text = await svg.text();
    if (!text.includes('Source Sans')) return svg;
    const font = await (await fetch(document.querySelector('link[as=font]').href)).blob();
    const reader = new FileReader();
    await new Promise((done, failed) => { Object.assign(reader, { onload: done, onerror: failed }).readAsDataURL(font); });
    const style = `<style>@font-face{font-family:"Source Sans";font-weight:100 900;src:url(${reader.result})}</style>`;
    return new Blob([text.replace('>', `>${style}`)], { type: svg.type });
  }

  async function makeImage(place, type) {
    const plot = place.querySelector('.js-plotly-plot'), options = plot._context.toImageButtonOptions, { scale } = options;
    const drawn = await drawImage(plot, type === 'svg' ? 1 : scale).finally(() => { options.scale = scale; });
    const svg = await addFont(drawn);
    if (type === 'svg') return svg;
    const image = new Image(), canvas = document.createElement('canvas');
    image.src = URL.createObjectURL(svg);
    await image.decode().finally(() => URL.revokeObjectURL(image.src));
    Object.assign(canvas, { width: image.width, height: image.height }).getContext('2d').drawImage(image, 0, 0);
    return new Promise((resolve, reject) => canvas.toBlob(blob => blob ? resolve(blob) : reject(), 'image/png'));
  }

  function saveFile(blob, name) {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
    link.click();
    URL.revokeObjectURL(link.href);
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
  // that is nothing, and the focus is nowhere or on the page's first link: then the link of the chart gets it, also if it
  // is drawn anew, until the reader goes on.
  let chart = '', end = 0; // the chart whose dialog is or was open, and until when its link gets the focus
  const isOpen = () => document.querySelector('.stDialog');
  const isLost = element => element === document.body || element?.dataset.testid === 'stSkipToContent';
  const chartOf = search => new URLSearchParams(search).get('share') ?? '';
  function returnFocus() {
    if (isOpen()) {
      chart ||= chartOf(location.search);
      end = performance.now() + TIMEOUT;
    } else if (isLost(document.activeElement)) {
      [...document.querySelectorAll('a[href]')].find(({ search }) => chartOf(search) === chart)?.focus();
    }
    if (performance.now() > end) chart = '';
    if (chart) setTimeout(returnFocus, 100);
  }
  for (const act of ['keydown', 'pointerdown']) addEventListener(act, () => { if (!isOpen()) chart = ''; }, true);
  const changes = new MutationObserver(() => { if (!chart && isOpen()) returnFocus(); });
  addEventListener('DOMContentLoaded', () => changes.observe(document.body, { childList: true }));

  // The clipboard gets the promise of the image: some browsers refuse what is copied after the click has ended.
  async function takeImage(place, { save, share }, image) {
    if (!save && !share) return navigator.clipboard.write([new ClipboardItem({ 'image/png': image })]);
    const blob = await image, name = place.querySelector('.js-plotly-plot')._context.toImageButtonOptions.filename;
    if (save) return saveFile(blob, `${name}.${save}`);
    const url = place.querySelector('[data-text="link"]').textContent;
    return navigator.share({ files: [toFile([blob], name)], title: share, url });
  }

  document.addEventListener('click', async event => {
    const button = event.target.closest?.('button:is([data-save], [data-share], [data-copy])');
    const place = button?.closest('.st-key-share, .code');
    if (!place || place.ariaBusy) return; // really disabled, a button would lose the focus, and with it the Escape key
    const { save, share, copy } = button.dataset;
    place.ariaBusy = 'true';
    const image = (save || share || copy === 'image') && makeImage(place, save);
    try {
      await (image ? takeImage(place, button.dataset, image) : copyText(place, copy));
      say(place, save ? 'saved' : share ? 'shared' : 'copied');
    } catch (error) {
      const trouble = image ? await image.then(() => 'barred', () => 'failed') : 'refused';
      say(place, error?.name === 'AbortError' ? '' : trouble); // the reader shared it with nobody
    }
    place.ariaBusy = null;
  });
})();
