// Behind `page` of whole.js. Mounts a page's sound (see realtime_rx/ui/static/sound.js), tells the server what becomes of
// it, and which tab this is.
const SLOW = "the page's sound goes by Panel's own channel, which is slower: serve its route, with " +
  "`pn.serve(app, extra_patterns=ROUTES)` or `panel serve --plugins realtime_rx_panel`";

export async function render({ model, view }) {
  const { soundOf, tabKey } = await page;
  const sound = soundOf(model.sound);
  let said = "";
  const tell = () => {
    const { state, microphone, error, message } = sound.view;
    const report = JSON.stringify({ state, microphone, error, message });
    if (report !== said) model.send_msg({ say: JSON.parse((said = report)) });
  };
  const carry = (receive) => {
    model.on("msg:custom", receive);
    return {
      send: (message) => model.send_msg(message),
      missed: (socket) => console.info(`realtime-rx: no sound at ${socket}: ${SLOW}`),
      close: () => model.off("msg:custom", receive),
    };
  };
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
  model.send_msg({ tab: tabKey() + location.pathname });
}
