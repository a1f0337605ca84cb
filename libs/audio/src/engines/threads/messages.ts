import type { ErrorCode } from '@jiga/contracts';
import type { EndRequest } from '@jiga/platform';

/** What a thread is for; it loads nothing else. */
export const AUDIO_ROLES = ['ears', 'commands', 'speech', 'codec', 'operator'] as const;
export type AudioRole = (typeof AUDIO_ROLES)[number];

/** Settings of the machine that a thread needs. */
export interface AudioThreadData {
  readonly role: AudioRole;
  /** Program for MP3; null = none was found. */
  readonly ffmpegPath: string | null;
  /** Folders of the operator's models; null = none is set. */
  readonly asrModelDir: string | null;
  readonly ttsModelDir: string | null;
}

/**
 * To the thread. A message without `id` is done without an answer. All are done one after the other. After `end` the thread ends as
 * soon as what is under way is done.
 */
export type ThreadRequest =
  | EndRequest
  | { readonly type: 'do'; readonly id: number | null; readonly method: string; readonly argument: unknown }
  | { readonly type: 'cancel'; readonly id: number };

/** An AppError as it crosses the threads; `code` null = unforeseen. */
export interface ThreadFailure {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>> | null;
}

export type ThreadReply =
  | { readonly type: 'done'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly failure: ThreadFailure };

/** What a thread does on one method. `transfer`: memory of `value` that is handed over rather than copied. */
export interface ThreadAnswer {
  readonly value: unknown;
  readonly transfer?: readonly ArrayBuffer[];
}

/** The work of one role: functions by the names of their methods. */
export type RoleMethods = Readonly<
  Record<string, (argument: never, signal: AbortSignal) => ThreadAnswer | Promise<ThreadAnswer>>
>;

/** Memory of samples, for handing over. */
export const memoryOf = (...arrays: readonly Float32Array[]): ArrayBuffer[] =>
  arrays.map(({ buffer }) => buffer).filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
