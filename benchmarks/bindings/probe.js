// Looks at what a page shows of a growing message, in shadow trees too.
// Each entry of its log is a change of that message: when, in ms since the epoch, and the last number it had then.
window.probe = (() => {
  let start = "\n"; // no text has it
  let growing = null;
  let log = [];
  let touched = 0;
  let old = [];
  const oldNodes = new WeakSet();
  const roots = [];

  const observer = new MutationObserver((records) => {
    for (const record of records) touched += oldNodes.has(record.target) ? 1 : 0;
    if (!growing?.isConnected) growing = find(records);
    const number = growing ? last(growing.textContent) : NaN;
    if (Number.isNaN(number) || number === log.at(-1)?.[1]) return;
    log.push([Date.now(), number]);
  });

  function watch(root) {
    roots.push(new WeakRef(root));
    observer.observe(root, { subtree: true, childList: true, characterData: true });
  }

  function find(records) {
    const changed = records.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    const node = changed.find((each) => each.isConnected && each.textContent?.includes(start));
    return node ? deepest(node.nodeType === Node.TEXT_NODE ? node.parentNode : node) : null;
  }

  function deepest(node) {
    const inner = [...node.children].find((child) => child.textContent.includes(start));
    return inner ? deepest(inner) : node;
  }

  function last(text) {
    const words = text.trimEnd();
    return Number(words.slice(words.lastIndexOf(" ") + 1));
  }

  function texts(pattern) {
    const found = [];
    for (const root of roots.map((each) => each.deref()).filter((each) => each?.isConnected)) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) if (pattern.test(walker.currentNode.data.trim())) found.push(walker.currentNode);
    }
    return found;
  }

  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    return root;
  };
  watch(document);

  return {
    shows: (text) => texts(new RegExp(`^${text}$`)).length > 0,
    // From now on it counts what happens to the older messages, and follows the one that begins with this word.
    begin(word, oldText) {
      [start, growing, log, touched] = [word, null, [], 0];
      old = texts(new RegExp(`^${oldText} \\d+$`));
      for (const node of old) for (const each of [node, node.parentNode]) oldNodes.add(each);
    },
    text: () => (growing?.isConnected ? growing.textContent.trim() : ""),
    log: () => log,
    old: () => ({ shown: old.length, kept: old.filter((node) => node.isConnected).length, touched }),
  };
})();
