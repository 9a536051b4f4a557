// Streamlit's own words, which are English, in the language of the page: names of buttons, hints and the link to the
// content. `data-words` has the Chinese by the English, in which # is a number; what it does not have stays as it is.
(() => {
  const chinese = new Map(Object.entries(JSON.parse(document.currentScript.dataset.words)));
  const english = new Map([...chinese].map(([from, to]) => [to, from]));
  const attributes = ['aria-label', 'placeholder', 'title'];
  const alone = '[data-testid=stSkipToContent], [role=option] span, [role=log] div';

  function find(text) {
    const words = document.documentElement.lang.startsWith('zh') ? chinese : english;
    const number = text?.match(/[0-9]+/)?.[0];
    return words.get(number ? text.replace(number, '#') : text)?.replace('#', number);
  }

  function translate(node) {
    for (const attribute of attributes) {
      const text = find(node.getAttribute(attribute));
      if (text) node.setAttribute(attribute, text);
    }
    const text = !node.firstElementChild && node.matches(alone) && find(node.textContent);
    if (text) node.textContent = text;
  }

  function translateAll(root) {
    if (!(root instanceof HTMLElement)) return;
    translate(root);
    root.querySelectorAll(`[${attributes.join('], [')}], ${alone}`).forEach(translate);
  }

  new MutationObserver(changes => {
    for (const { addedNodes, attributeName, target } of changes) {
      if (attributeName) translate(target);
      else addedNodes.forEach(translateAll);
    }
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: attributes });
  new MutationObserver(() => translateAll(document.documentElement))
    .observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
})();
