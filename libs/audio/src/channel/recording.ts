import type { Clock, VoiceChatConfig } from '@jiga/contracts';

import type { Conversation } from '../conversation/conversation.js';
import type { Heard, Hearing } from '../hearing/hearing.js';
import type { AudioDecoder, DecodedAudio } from '../ports/codec.port.js';
import type { FrontEndStream, VoiceFrame, VoiceFrontEnd } from '../ports/front-end.port.js';
import { addWindows, joinWindows } from '../turns/windows.js';

export interface RecordingDeps {
  readonly clock: Clock;
  readonly decoder: Pick<AudioDecoder, 'decode'>;
  readonly frontEnd: VoiceFrontEnd;
  readonly hearing: Hearing;
  readonly conversation: Conversation;
  readonly settings: () => VoiceChatConfig;
}

/** What was found in a recording. */
export interface HeardRecording {
  readonly audio: DecodedAudio;
  /** From the first to the last speech, in milliseconds; null = nobody spoke. */
  readonly speech: { readonly startMs: number; readonly endMs: number } | null;
  /** null = nobody spoke. */
  readonly heard: Heard | null;
  /** `decode`, `listen`, `recognise`. */
  readonly stagesMs: Readonly<Record<string, number>>;
}

const PUSH_S = 5;
/** Silence after the sound, so that the last window is filled and given. */
const FLUSH_S = 0.3;
const MARGIN_WINDOWS = 10;
const SPEECH_WINDOWS_MIN = 3;

/**
 * Hears one whole recording: decoded, cleaned and cut to its speech as the settings of the session say. Rejects with
 * AppError `unsupported_audio`, `invalid_audio`, `audio_too_long`, `audio_overloaded`, `audio_failed`, or the signal's reason.
 */
export async function hearRecording(
  bytes: Uint8Array,
  deps: RecordingDeps,
  signal: AbortSignal,
): Promise<HeardRecording> {
  const stagesMs: Record<string, number> = {};
  const timed = async <T>(stage: string, work: Promise<T>): Promise<T> => {
    const startedAtMs = deps.clock.monotonicMs();
    const result = await work;
    stagesMs[stage] = Math.round((deps.clock.monotonicMs() - startedAtMs) * 10) / 10;
    return result;
  };
  const maxSeconds = deps.settings().max_recording_duration;
  const audio = await timed('decode', deps.decoder.decode(bytes, { signal, maxSeconds }));
  const windows = await timed('listen', listen(audio, deps, signal));
  const range = speechIn(windows, deps.settings());
  if (!range) return { audio, speech: null, heard: null, stagesMs };
  const pcm = joinWindows(windows.slice(Math.max(0, range.first - MARGIN_WINDOWS), range.last + MARGIN_WINDOWS));
  const heard = await timed('recognise', deps.hearing.hear(pcm, deps.conversation.understanding, signal));
  const startMs = windows[range.first]?.startMs ?? 0;
  const endMs = Math.min(audio.durationMs, windows[range.last]?.startMs ?? audio.durationMs);
  return { audio, speech: { startMs, endMs }, heard, stagesMs };
}

async function listen(
  { channels, sampleRateHz }: DecodedAudio,
  { frontEnd, settings }: RecordingDeps,
  signal: AbortSignal,
): Promise<VoiceFrame[]> {
  const noiseSuppression = settings().enable_noise_suppression ? 'full' : 'off';
  const stream = frontEnd.open({ sampleRateHz, channels: 1, noiseSuppression, echoCancellation: false });
  try {
    return await pushAll(stream, mono(channels), sampleRateHz, signal);
  } finally {
    stream.close();
  }
}

async function pushAll(
  stream: FrontEndStream,
  pcm: Float32Array,
  sampleRateHz: number,
  signal: AbortSignal,
): Promise<VoiceFrame[]> {
  const windows: VoiceFrame[] = [];
  const step = sampleRateHz * PUSH_S;
  for (let at = 0; at < pcm.length; at += step) {
    const { frames } = await stream.push(pcm.slice(at, at + step), signal);
    addWindows(windows, frames);
  }
  const { frames } = await stream.push(new Float32Array(Math.ceil(sampleRateHz * FLUSH_S)), signal);
  addWindows(windows, frames);
  return windows;
}

function mono(channels: readonly Float32Array[]): Float32Array {
  const [first, second] = channels;
  if (!first) return new Float32Array(0);
  return second ? first.map((sample, index) => (sample + (second[index] ?? 0)) / 2) : first;
}

/** Windows from the first to after the last speech. Without voice activation everything is taken for speech. */
function speechIn(
  windows: readonly VoiceFrame[],
  { auto_voice_activation, voice_activation_threshold }: VoiceChatConfig,
): { readonly first: number; readonly last: number } | null {
  if (windows.length === 0) return null;
  if (!auto_voice_activation) return { first: 0, last: windows.length };
  const isSpeech = ({ speechProbability }: VoiceFrame): boolean => speechProbability >= voice_activation_threshold;
  if (windows.filter(isSpeech).length < SPEECH_WINDOWS_MIN) return null;
  return { first: windows.findIndex(isSpeech), last: windows.findLastIndex(isSpeech) + 1 };
}
