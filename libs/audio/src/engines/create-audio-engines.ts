import { availableParallelism } from 'node:os';

import type { Clock } from '@jiga/contracts';

import type { AudioEngines } from '../ports/audio-engines.js';
import { ThreadedCodec } from './codec/threaded-codec.js';
import { ThreadedCommands } from './commands/threaded-commands.js';
import { ThreadedFrontEnd } from './front-end/threaded-front-end.js';
import { OperatorSpeech } from './operator/operator-speech.js';
import { OperatorTranscriber } from './operator/operator-transcriber.js';
import { FliteSpeech } from './speech/flite-speech.js';
import { AudioThread } from './threads/audio-thread.js';
import type { AudioRole } from './threads/messages.js';
import { ThreadPool } from './threads/thread-pool.js';
import { startProgram, startThread } from './threads/runner.js';

export interface AudioEnginesOptions {
  readonly clock: Clock;
  /** Program for MP3; null = none was found. */
  readonly ffmpegPath: string | null;
  /** Folders of the operator's models; null = none. */
  readonly asrModelDir: string | null;
  readonly ttsModelDir: string | null;
  /** Streams that have full noise suppression at once; default 4. */
  readonly fullNoiseStreamsMax?: number;
  /** Threads that recognise commands; default one for each core, at most four. */
  readonly commandThreads?: number | null;
}

/** Threads of the front end: with two, twenty streams still leave room on two processors. */
const EARS = 2;
const FULL_NOISE_STREAMS = 4;
/** Pushes of all streams of a thread that may wait; each stream bounds its own besides. */
const MAX_PUSHES = 4096;
/** Utterances, sentences or files that may wait. */
const MAX_JOBS = 64;
/** Each has a model of its own in memory. */
const COMMAND_THREADS_MAX = 4;
/** A turn that waits longer to be recognised is given up: nobody waits for its answer any more. */
const TURN_WAIT_MAX_MS = 4_000;
/** The first use of an operator's model loads some hundred megabytes. */
const OPERATOR_HANG_MS = 120_000;

/** All engines. Nothing is loaded before its first use. */
export function createAudioEngines(options: AudioEnginesOptions): AudioEngines {
  const { clock, ffmpegPath, asrModelDir, ttsModelDir } = options;
  const all: AudioThread[] = [];
  const thread = (role: AudioRole): AudioThread => {
    const isEars = role === 'ears';
    const isOperator = role === 'operator';
    const made = new AudioThread({
      clock,
      data: { role, ffmpegPath, asrModelDir, ttsModelDir },
      maxWaiting: isEars ? MAX_PUSHES : MAX_JOBS,
      maxUnderWay: isEars ? MAX_PUSHES : 2,
      start: isOperator ? startProgram : startThread,
      ...(isOperator ? { hangMs: OPERATOR_HANG_MS } : {}),
    });
    all.push(made);
    return made;
  };
  const commandThreads = options.commandThreads ?? Math.min(COMMAND_THREADS_MAX, availableParallelism());
  const commands = new ThreadPool({
    clock,
    threads: Array.from({ length: commandThreads }, () => thread('commands')),
    maxWaiting: MAX_JOBS,
    maxWaitMs: TURN_WAIT_MAX_MS,
  });
  const codec = new ThreadedCodec(thread('codec'), ffmpegPath !== null);
  const engines = {
    frontEnd: new ThreadedFrontEnd({
      threads: Array.from({ length: EARS }, () => thread('ears')),
      fullNoiseStreamsMax: options.fullNoiseStreamsMax ?? FULL_NOISE_STREAMS,
    }),
    commands: new ThreadedCommands(commands),
    transcriber: new OperatorTranscriber(asrModelDir === null ? null : thread('operator')),
    speech: new OperatorSpeech(ttsModelDir === null ? null : thread('operator'), new FliteSpeech(thread('speech'))),
    decoder: codec,
    encoder: codec,
  };
  const ports = [engines.frontEnd, engines.commands, engines.transcriber, engines.speech, codec];
  return {
    ...engines,
    list: () => ports.flatMap((port) => port.engines()),
    close: async () => void (await Promise.all(all.map((one) => one.close()))),
  };
}
