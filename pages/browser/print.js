// Paper. A button `data-print` opens the browser's print dialog. Every printed sheet has the title of the page, the date,
// the address and its number: print.css writes them into the margins, from custom properties that are set here.
(() => {
  const root = document.documentElement;
  const quote = text => `"${text.replace(/["\\\n]/g, mark => `\\${mark.charCodeAt(0).toString(16)} `)}"`;

  function readableAddress() {
    const address = new URL(location);
    for (const name of ['view', 'share', 'figure', 'annex']) address.searchParams.delete(name);
    try {
      return decodeURI(address.href).split('://')[1];
    } catch {
      return address.href; // a per cent sign that encodes nothing
    }
  }

  addEventListener('beforeprint', () => {
    const date = new Intl.DateTimeFormat(root.lang === 'en' ? 'en-GB' : root.lang, { dateStyle: 'long' }).format();
    const texts = { title: document.title, date, address: readableAddress() };
    for (const [name, text] of Object.entries(texts)) root.style.setProperty(`--paper-${name}`, quote(text));
  });

  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-print]')) print();
  });
})();
