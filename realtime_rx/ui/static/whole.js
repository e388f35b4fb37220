// Behind `const SOURCES`, the modules as text: gives each an address, with those of what it names in place of the names.

const NAMED = /(from |import )"(\.[^"]+)"|new URL\("(\.[^"]+)", import\.meta\.url\)\.href/g;
const addresses = {};

function addressOf(name) {
  return (addresses[name] ??= URL.createObjectURL(new Blob([wired(name)], { type: "text/javascript" })));
}

function wired(name) {
  const beside = (path) => `"${addressOf(new URL(path, `file:///${name}`).pathname.slice(1))}"`;
  return SOURCES[name].replace(NAMED, (_, words, module, file) => (words ?? "") + beside(module ?? file));
}

const page = import(addressOf("ui/elements.js"));
