// A page's sound and the elements that show it, as React components. The modules that do the work are served as they
// are, beside the page: a worker has to come from where the page comes from.

import { createElement, useEffect, useRef, useState } from "react";
import env from "$/env.json";
import { getBackendURL } from "$/utils/state";

const AWAY_MS = 2000; // how long a page may be without its sound's component: that of the next one takes it over
const PATIENCE_MS = 5000; // until a page asks again for a ticket
const pages = new Map(); // name -> what the server knows this page by, and how often it has asked for sound

function pageOf(name) {
  if (!pages.has(name)) pages.set(name, { id: crypto.getRandomValues(new Uint32Array(4)).join("-"), asked: 0, said: "", askedAt: 0, isKnown: false });
  return pages.get(name);
}

function socketAt(path) {
  const url = getBackendURL(env.PING);
  url.protocol = url.protocol.replace("http", "ws");
  url.pathname = url.pathname.replace(/\/ping\/?$/, path);
  return url.href;
}

function useSound(modules, name) {
  const [sound, setSound] = useState(null);
  useEffect(() => {
    let isHere = true;
    const url = new URL(modules, location.href).href; // whole, so that no bundler takes it for one of its own
    import(/* @vite-ignore */ url).then(({ soundOf }) => isHere && setSound(soundOf(name)));
    return () => { isHere = false; };
  }, [modules, name]);
  return sound;
}

// Has the page's sound, and shows nothing. ticket: { page, setup, asked, over }; one for another page, as there is after
// a reload, is worth nothing.
export function RealtimeAudio({ modules, name, ticket, onArrive, onSay }) {
  const sound = useSound(modules, name);
  const handlers = useRef({});
  handlers.current = { onArrive, onSay };

  useEffect(() => {
    if (!sound) return;
    const page = pageOf(name);
    clearTimeout(page.leaving);
    const tell = () => {
      const { state, microphone, error, message } = sound.view;
      const report = { state, microphone, error, message };
      const said = JSON.stringify(report);
      if (said !== page.said) handlers.current.onSay?.(report);
      page.said = said;
    };
    sound.addEventListener("change", tell);
    return () => {
      sound.removeEventListener("change", tell);
      page.leaving = setTimeout(() => sound.unmount(), AWAY_MS);
    };
  }, [sound, name]);

  useEffect(() => {
    if (!sound) return;
    const page = pageOf(name);
    if (ticket.over) page.isKnown = false; // what was given up is not lost
    if (ticket.page !== page.id) {
      let timer;
      const ask = () => {
        page.askedAt = Date.now();
        handlers.current.onArrive?.(page.id, page.isKnown);
        timer = setTimeout(ask, PATIENCE_MS);
      };
      sound.unmount();
      timer = setTimeout(ask, Math.max(0, page.askedAt + PATIENCE_MS - Date.now()));
      return () => clearTimeout(timer);
    }
    page.isKnown = true;
    if (ticket.setup) {
      const { url, ...setup } = JSON.parse(ticket.setup);
      sound.mount({ ...setup, url: socketAt(url) });
      if (ticket.asked > page.asked) sound.summon();
      page.asked = ticket.asked;
    }
  }, [sound, name, ticket]);

  return null;
}

// One of the elements of ui/elements.js.
export function RealtimeElement({ element, onPress, onTalk, ...attributes }) {
  const told = (handler) => handler && (({ detail }) => handler(detail.on));
  return createElement(element, { ...attributes, onpress: told(onPress), ontalk: told(onTalk) });
}
