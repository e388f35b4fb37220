// A box that stays at its end while its content grows, unless the reader has scrolled up to read.
const NEAR = 48; // pixels from the end that still count as being there

export function render({ model }) {
  const [log, box, content, jump] = ["div", "div", "div", "button"].map((tag) => document.createElement(tag));
  let size = [];
  let away = false;

  const show = (is_away) => {
    away = is_away;
    jump.hidden = !away;
  };
  const follow = () => {
    show(false);
    box.scrollTop = box.scrollHeight;
  };
  const measure = () => [box.scrollHeight, box.clientHeight];

  log.className = "log";
  box.className = "box";
  box.tabIndex = 0;
  box.setAttribute("role", "log");
  content.append(model.get_child("content"));
  box.append(content);
  jump.type = "button";
  jump.className = "jump";
  jump.textContent = "↓";
  jump.setAttribute("aria-label", "Go to the latest message");
  jump.addEventListener("click", follow);
  box.addEventListener("scroll", () => {
    if (String(measure()) !== String(size)) return; // it grew: that is not the reader's doing
    show(box.scrollHeight - box.scrollTop - box.clientHeight > NEAR);
  }, { passive: true });
  const observer = new ResizeObserver(() => {
    size = measure();
    if (!away) follow();
  });
  observer.observe(box);
  observer.observe(content);
  show(false);
  log.append(box, jump);
  return log;
}
