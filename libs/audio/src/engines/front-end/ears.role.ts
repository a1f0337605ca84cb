import type { FrontEndSettings, FrontEndState, HeardSound } from '../../ports/front-end.port.js';
import { memoryOf, type RoleMethods, type ThreadAnswer } from '../threads/messages.js';
import { loadStageKit } from './stage-kit.js';
import { StreamChain } from './stream-chain.js';

/** What a stream is to be from this sound on: a stream that the thread does not know is opened with it. */
export interface EarsPush {
  readonly stream: number;
  readonly settings: FrontEndSettings;
  readonly pcm: Float32Array;
}

export interface EarsHeard extends HeardSound {
  readonly state: FrontEndState;
}

export interface EarsPlay {
  readonly stream: number;
  readonly settings: FrontEndSettings;
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/** The thread's side of the front end: a chain of stages for each stream. */
export async function loadEars(): Promise<RoleMethods> {
  const kit = await loadStageKit();
  const chains = new Map<number, StreamChain>();
  const none: ThreadAnswer = { value: null };

  const open = (stream: number, settings: FrontEndSettings): StreamChain => {
    const known = chains.get(stream);
    if (known) return known;
    const chain = new StreamChain(kit, settings);
    chains.set(stream, chain);
    return chain;
  };
  return {
    probe: () => ({ value: { full: kit.full !== null, canceller: kit.canceller !== null } }),
    push: async ({ stream, settings, pcm }: EarsPush): Promise<ThreadAnswer> => {
      const chain = open(stream, settings);
      chain.configure(settings);
      const heard = await chain.push(pcm);
      const value: EarsHeard = { ...heard, state: chain.state };
      return { value, transfer: memoryOf(...heard.frames.flatMap((frame) => [frame.pcm, ...frame.before])) };
    },
    play: ({ stream, settings, pcm, sampleRateHz }: EarsPlay) => {
      open(stream, settings).play(pcm, sampleRateHz);
      return none;
    },
    stopPlaying: (stream: number) => {
      chains.get(stream)?.stopPlaying();
      return none;
    },
    reset: (stream: number) => {
      chains.get(stream)?.reset();
      return none;
    },
    close: (stream: number) => {
      chains.get(stream)?.close();
      chains.delete(stream);
      return none;
    },
  };
}
