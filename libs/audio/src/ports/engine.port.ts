/** What sound engines do. The first four are chosen per session; the others serve them. */
export const AUDIO_CAPABILITIES = [
  'transcription',
  'speech',
  'commands',
  'vad',
  'noise',
  'echo',
  'decode',
  'encode',
] as const;
export type AudioCapability = (typeof AUDIO_CAPABILITIES)[number];

/** `off`: this server does not have it, and `detail` says how to turn it on. */
export interface EngineHealth {
  readonly state: 'ok' | 'degraded' | 'failed' | 'off';
  readonly detail: string | null;
}

/** One engine as `GET /providers` and the status of a session tell it. */
export interface EngineInfo {
  readonly id: string;
  readonly name: string;
  readonly capability: AudioCapability;
  /** Voices, models or modes by their names; the first is the default. */
  readonly models: readonly string[];
  readonly languages: readonly string[];
  /** Processor time per second of sound as measured on one core (0.02 = 20 ms a second); null = not measured. */
  readonly cpuPerSecond: number | null;
  /** All of these run on this machine and cost no money. */
  readonly isRemote: false;
  health(): EngineHealth;
}

/** What every port has besides its work. */
export interface AudioPort {
  /** Every engine behind this port, in use or not, best first. */
  engines(): readonly EngineInfo[];
  /** Loads what is needed and tries it once; never throws. May start a worker thread. */
  probe(signal?: AbortSignal): Promise<EngineHealth>;
}
