import type { ErrorDefinition } from './error-kinds.js';

/** What can be wrong with sound and speech. */
export const AUDIO_ERRORS = {
  unsupported_audio: {
    kind: 'unsupported',
    title: 'The sound is not WAV, MP3, or Opus in Ogg or WebM',
    remedy: 'Send one of these formats; the content counts, not the name given to it.',
  },
  invalid_audio: {
    kind: 'invalid',
    title: 'The sound cannot be decoded',
    remedy: 'Send a whole, undamaged recording of one or two channels, 8,000 to 192,000 Hz.',
  },
  audio_too_long: {
    kind: 'too_large',
    title: 'The sound lasts too long',
    remedy: 'Send it in shorter parts, or use the audio stream.',
  },
  audio_overloaded: {
    kind: 'overloaded',
    title: 'Too much sound waits to be worked on',
    remedy: 'Send it again a little later.',
    retryable: true,
  },
  audio_failed: {
    kind: 'internal',
    title: 'The sound could not be worked on',
    remedy: 'Try again; report it with the request id if it goes on.',
    retryable: true,
  },
  voice_chat_off: {
    kind: 'conflict',
    title: 'Voice chat is not enabled for the session',
    remedy: 'Create a session with `voice_chat_enabled: true`.',
  },
  team_messaging_off: {
    kind: 'conflict',
    title: 'Team messages from voice are turned off',
    remedy: 'Set `enable_team_messaging` in the voice settings.',
  },
} as const satisfies Record<string, ErrorDefinition>;
