import { AUDIO_CHANNEL } from './audio.messages.js';
import { EVENTS_CHANNEL } from './events.messages.js';
import { HIGH_SPEED_CHANNEL } from './high-speed.messages.js';
import { DIRECT_VIDEO_CHANNEL } from './video.messages.js';
import type { WireChannel } from './wire-message.js';

/** Every socket of the public API. */
export const CHANNELS: readonly WireChannel[] = [
  DIRECT_VIDEO_CHANNEL,
  HIGH_SPEED_CHANNEL,
  EVENTS_CHANNEL,
  AUDIO_CHANNEL,
];
