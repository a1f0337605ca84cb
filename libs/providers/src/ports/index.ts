import type { Capability } from '@jiga/contracts';

import type { ReplyProvider } from './reply.port.js';
import type { SpeechProvider } from './speech.port.js';
import type { TranscriptionProvider } from './transcription.port.js';
import type { VisionProvider } from './vision.port.js';

export * from './model-call.js';
export * from './reply.port.js';
export * from './speech.port.js';
export * from './transcription.port.js';
export * from './vision.port.js';

/** The port of each capability. */
export interface CapabilityPorts extends Readonly<Record<Capability, object>> {
  readonly vision: VisionProvider;
  readonly transcription: TranscriptionProvider;
  readonly reply: ReplyProvider;
  readonly speech: SpeechProvider;
}
