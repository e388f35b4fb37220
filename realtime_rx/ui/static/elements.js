// Elements that show a page's sound, for any framework: each has the attribute `sound`, the name that it is mounted by.
//
// <realtime-rx-microphone capturing talk blocked words>  a button: click to talk, or hold to talk (`talk`)
// <realtime-rx-switch of="microphone|speaker" words>     mutes one of them
// <realtime-rx-level of="input|output">                  how loud it is
// <realtime-rx-wave of="input|output|both" shape>        bars or a wave
// <realtime-rx-sound-menu words>                         which microphone, and what the browser does to it

import "./buttons.js";
import "./drawings.js";
import "./menu.js";

export { soundOf } from "./sound.js";
export { tabKey } from "./tab.js";
