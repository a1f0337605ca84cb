import type { VoiceChatConfig } from '@jiga/contracts';

import { ByteCache } from '../byte-cache.js';
import type { VoicePreferences } from '../conversation/preferences.js';
import { LOCAL_SOURCE } from '../conversation/conversation.js';
import type { SpokenPart, VoiceModels } from '../conversation/voice-ports.js';
import type { AudioEncoder } from '../ports/codec.port.js';
import type { SpeechSynthesizer } from '../ports/speech.port.js';
import type { EncodedSpeech } from './voice-events.js';

export interface SpeakerDeps {
  readonly speech: Pick<SpeechSynthesizer, 'synthesise' | 'voices'>;
  readonly encoder: Pick<AudioEncoder, 'encode'>;
  readonly models: () => VoiceModels;
  /** As they are now. */
  readonly settings: () => VoiceChatConfig;
  readonly preferences: () => VoicePreferences;
  /** Sounds that were encoded for others; shared by all speakers. */
  readonly encoded: EncodedSounds;
}

/** Files of sentences by their content. */
export type EncodedSounds = ByteCache<Uint8Array>;

export const encodedSounds = (): EncodedSounds => new ByteCache(ENCODED_BYTES, (bytes) => bytes.byteLength);

/** A piece of speech. Without sound, `silentBecause` says why. */
export interface SpokenPiece {
  readonly text: string;
  readonly sound: SpokenPart | null;
  readonly silentBecause: string | null;
  /** The last of its text. */
  readonly isLast: boolean;
  readonly source: string;
  /** Names the sound among all that this machine speaks; null = it is nobody else's. */
  readonly key: string | null;
}

/** Some three minutes in WAV. */
const ENCODED_BYTES = 8 * 1024 * 1024;
/** Sound of a model is passed on in pieces of this length: short enough to begin soon, long enough to be worth a message. */
const MODEL_PIECE_S = 0.8;
const SPEECH_LENGTH_MAX = 2_000;
/** Hertz; ISO 11172-3, 13818-3 and the extension to low rates. */
const MP3_RATES = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;

/** Puts sentences into sound: by the session's model where it has one that works, else by the voice of this machine. */
export class Speaker {
  constructor(private readonly deps: SpeakerDeps) {}

  /** Piece by piece, each as soon as it is there. Rejects with the synthesiser's AppError, or the signal's reason. */
  async *speak(text: string, signal: AbortSignal): AsyncGenerator<SpokenPiece, void, void> {
    const { language } = this.deps.settings();
    const said = text.slice(0, SPEECH_LENGTH_MAX);
    const byModel = await this.#byModel(said, signal);
    if (byModel) yield* byModel;
    else if (this.deps.speech.voices().some((voice) => voice.language.startsWith(language))) {
      yield* this.#byThisMachine(said, signal);
    } else {
      const silentBecause = `No voice here speaks ${language}; name a speech model for the session, or ask for text.`;
      yield { text: said, sound: null, silentBecause, isLast: true, source: LOCAL_SOURCE, key: null };
    }
  }

  /** In the format, rate and channels of the settings; MP3 in the nearest of the rates that it has. */
  async encode({ pcm, sampleRateHz }: SpokenPart, key: string | null, signal: AbortSignal): Promise<EncodedSpeech> {
    const { audio_format: format, sample_rate, channels } = this.deps.settings();
    const rateHz = format === 'mp3' ? nearestMp3Rate(sample_rate) : sample_rate;
    const options = { format, sampleRateHz: rateHz, channels: channels === 2 ? 2 : 1 } as const;
    const { encoder, encoded } = this.deps;
    const make = (until: object): Promise<Uint8Array> =>
      encoder.encode({ channels: [pcm], sampleRateHz }, { ...options, ...until });
    const bytes = await (key === null
      ? make({ signal })
      : encoded.get(JSON.stringify([key, options]), () => make({}), signal));
    const durationMs = (pcm.length / sampleRateHz) * 1000;
    return { bytes, format, sampleRateHz: rateHz, channels: options.channels, durationMs };
  }

  async *#byThisMachine(text: string, signal: AbortSignal): AsyncGenerator<SpokenPiece, void, void> {
    const { language } = this.deps.settings();
    const { rate, volume } = this.deps.preferences();
    const quality = this.deps.settings().voice_quality;
    const { voice } = this.deps.models();
    const engines = new Map(this.deps.speech.voices().map(({ id, engine }) => [id, engine]));
    const request = { text, language, quality, rate, volume, ...(voice !== null && { voice }) };
    for await (const piece of this.deps.speech.synthesise(request, signal)) {
      const sound = { pcm: piece.pcm, sampleRateHz: piece.sampleRateHz };
      const source = `${engines.get(piece.voice) ?? LOCAL_SOURCE}:${piece.voice}`;
      const key = JSON.stringify([piece.text, source, quality, rate, volume]);
      yield { text: piece.text, sound, silentBecause: null, isLast: piece.isLast, source, key };
    }
  }

  /** null when no model speaks, so that the voice of this machine does. */
  async #byModel(text: string, signal: AbortSignal): Promise<AsyncGenerator<SpokenPiece, void, void> | null> {
    const { speak } = this.deps.models();
    if (!speak) return null;
    const { language } = this.deps.settings();
    const { rate, volume } = this.deps.preferences();
    try {
      const { parts, source } = await speak({ text, language, rate }, signal);
      return modelPieces(text, parts, volume, source);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

/** The parts of a model joined to pieces. The first carries the text. One that breaks off ends what it said. */
async function* modelPieces(
  text: string,
  parts: AsyncIterable<SpokenPart>,
  volume: number,
  source: string,
): AsyncGenerator<SpokenPiece, void, void> {
  let waiting: SpokenPart[] = [];
  let seconds = 0;
  let isFirst = true;
  const take = (isLast: boolean): SpokenPiece => {
    const sound = waiting.length === 0 ? null : joinParts(waiting, volume);
    const piece = { text: isFirst ? text : '', sound, silentBecause: null, isLast, source, key: null };
    [waiting, seconds, isFirst] = [[], 0, false];
    return piece;
  };
  try {
    for await (const part of parts) {
      if (seconds >= MODEL_PIECE_S) yield take(false);
      waiting.push(part);
      seconds += part.pcm.length / part.sampleRateHz;
    }
  } catch {
    // What was said so far stands; the rest of this sentence is lost with the model.
  }
  yield take(true);
}

function joinParts(parts: readonly SpokenPart[], volume: number): SpokenPart {
  const pcm = new Float32Array(parts.reduce((length, part) => length + part.pcm.length, 0));
  let at = 0;
  for (const part of parts) {
    pcm.set(part.pcm, at);
    at += part.pcm.length;
  }
  if (volume !== 1) for (let i = 0; i < pcm.length; i++) pcm[i] = Math.max(-1, Math.min(1, (pcm[i] ?? 0) * volume));
  return { pcm, sampleRateHz: parts[0]?.sampleRateHz ?? 0 };
}

const nearestMp3Rate = (rateHz: number): number =>
  MP3_RATES.reduce<number>(
    (best, rate) => (Math.abs(rate - rateHz) < Math.abs(best - rateHz) ? rate : best),
    MP3_RATES[0],
  );
