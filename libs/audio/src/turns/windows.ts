import type { VoiceFrame } from '../ports/front-end.port.js';

/** Adds windows that were heard to those before them, which are set right by what was cleaned after all. */
export function addWindows(windows: VoiceFrame[], heard: readonly VoiceFrame[]): void {
  for (const frame of heard) {
    const from = windows.length - frame.before.length;
    for (const [index, pcm] of frame.before.entries()) {
      const known = windows[from + index];
      if (known) windows[from + index] = { ...known, pcm };
    }
    windows.push(frame);
  }
}

/** The sound of windows one after the other. */
export function joinWindows(windows: readonly VoiceFrame[]): Float32Array {
  const joined = new Float32Array(windows.reduce((length, { pcm }) => length + pcm.length, 0));
  let at = 0;
  for (const { pcm } of windows) {
    joined.set(pcm, at);
    at += pcm.length;
  }
  return joined;
}
