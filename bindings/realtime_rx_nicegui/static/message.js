// A message. As a component of its own it is rendered alone when its words grow: NiceGUI renders what is in no
// component anew, all of it, whenever any of it changes.
export default {
  template: "<div><slot></slot></div>",
};
