// A secret that this tab keeps through its reloads and that no other tab has: one that is duplicated gets its own, for
// the secret lies in the tab's storage only while no page is there.

const PLACE = "realtime-rx-tab";
let key = null;

export function tabKey() {
  if (key) return key;
  key = take() ?? fresh();
  addEventListener("pagehide", leave);
  addEventListener("pageshow", take);
  return key;
}

function take() {
  try {
    const left = sessionStorage.getItem(PLACE);
    sessionStorage.removeItem(PLACE);
    return left;
  } catch {
    return null; // this browser keeps nothing
  }
}

function leave() {
  try {
    sessionStorage.setItem(PLACE, key);
  } catch {
    // as above: the next page begins anew
  }
}

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
