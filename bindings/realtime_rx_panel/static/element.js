// One of the elements of realtime_rx/ui/static/elements.js, which the page's sound brings along.
export function render({ model }) {
  const element = document.createElement(model.tag);
  let shown = [];
  const show = () => {
    for (const name of shown) element.toggleAttribute(name, name in model.marks);
    shown = Object.keys(model.marks);
    for (const [name, value] of Object.entries(model.marks)) element.setAttribute(name, value);
  };
  for (const name of ["press", "talk"]) {
    element.addEventListener(name, ({ detail }) => model.send_msg({ [name]: detail.on }));
  }
  model.on("marks", show);
  show();
  return element;
}
