// Behind `page` of whole.js. Mounts a page's sound (see realtime_rx/ui/static/sound.js), tells the server what becomes of
// it, and which tab this is.
const SLOW = "the page's sound goes by Panel's own channel, which is slower: a socket needs a server of one process, and " +
  "its route, by `pn.serve(app, extra_patterns=ROUTES)` or `panel serve --plugins realtime_rx_panel`";

// What comes by a notebook's comms, by their targets: a comm has one listener for ever, and a page may be shown anew.
const said = new EventTarget();

// To the server: Panel's own channel, or in a notebook a comm of ours (see kernel.py).
function channelOf(model, view) {
  const plot = view.model.document.roots().find((root) => root.plot_id)?.plot_id;
  const comms = model.target && plot && window.PyViz?.comm_manager;
  if (!comms) {
    // Bokeh does not come back where something is sent before it has shaken hands.
    let isAway = false;
    view.model.document.on_event("connection_lost", () => (isAway = true));
    view.model.document.on_event("client_reconnected", () => (isAway = false));
    const listen = (hear) => (model.on("msg:custom", hear), () => model.off("msg:custom", hear));
    return { send: (message) => isAway || model.send_msg(message), listen };
  }
  const { target } = model;
  const hear = ({ content }) => said.dispatchEvent(new CustomEvent(target, { detail: content.data.said }));
  const comm = comms.get_client_comm(plot, target, hear);
  const listen = (hear) => {
    const heard = ({ detail }) => detail && hear(detail);
    said.addEventListener(target, heard);
    return () => said.removeEventListener(target, heard);
  };
  return { send: (message) => comm.send({ said: message }), listen };
}

export async function render({ model, view }) {
  const { soundOf, tabKey } = await page;
  const sound = soundOf(model.sound);
  const channel = channelOf(model, view);
  let told = "";
  const tell = () => {
    const { state, microphone, error, message } = sound.view;
    const report = JSON.stringify({ state, microphone, error, message });
    if (report !== told) channel.send({ say: JSON.parse((told = report)) });
  };
  const missed = (socket) => console.info(`realtime-rx: no sound at ${socket}: ${SLOW}`);
  const carry = (receive) => ({ send: channel.send, missed, close: channel.listen(receive) });
  const mount = () => (model.setup ? sound.mount(JSON.parse(model.setup), carry) : sound.unmount());
  const ask = () => model.asked && sound.summon();
  sound.addEventListener("change", tell);
  model.on("setup", mount);
  model.on("asked", ask);
  model.on("remove", () => {
    sound.removeEventListener("change", tell);
    sound.unmount();
  });
  // Bokeh sends a model that came late back whole, once, with its first message, and the server wonders.
  view.model.document._new_models?.delete(view.model);
  mount();
  ask();
  channel.send({ tab: tabKey() + location.pathname });
}
