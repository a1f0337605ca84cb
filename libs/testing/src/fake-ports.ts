import { ProviderError, type ModelCall, type ProviderFailure } from '@jiga/providers';
import type {
  ReplyPart,
  ReplyProvider,
  ReplyRequest,
  SpeechProvider,
  SpokenAudio,
  Transcript,
  TranscriptionProvider,
  TranscriptionRequest,
  VisionAnswer,
  VisionProvider,
} from '@jiga/providers';

import type { FakeSaying } from './fake-model-server.js';

/** `answer`, a failure, `hang` (no answer until the signal), `deaf` (not even then), `stall` / `break` (of a stream: after its first piece). */
export type FakePortConduct = 'answer' | ProviderFailure | 'hang' | 'deaf' | 'stall' | 'break';

/** All four ports without any service. Every call is kept, and what is asked of it is what `conduct` says then. */
export class FakePorts implements VisionProvider, TranscriptionProvider, SpeechProvider, ReplyProvider {
  readonly calls: ModelCall[] = [];
  readonly replies: ReplyRequest[] = [];
  conduct: FakePortConduct = 'answer';
  /** Of questions with a picture; null = as any other. */
  pictureConduct: FakePortConduct | null = null;
  /** Of failures. */
  retryAfterMs: number | null = null;
  saying: FakeSaying = {
    text: 'fake',
    toolCall: null,
    inputTokens: 11,
    outputTokens: 7,
    samples: Int16Array.from({ length: 2400 }, (_, index) => index),
  };

  async look(_request: unknown, call: ModelCall): Promise<VisionAnswer> {
    await this.#begin(call);
    const scene = { description: this.saying.text, confidence: 0.9 };
    return { findings: { game: null, scene, detections: [], texts: [] }, usage: this.saying };
  }

  async transcribe({ samples, sampleRateHz }: TranscriptionRequest, call: ModelCall): Promise<Transcript> {
    await this.#begin(call);
    const { text } = this.saying;
    const seconds = samples.length / sampleRateHz;
    return { text, language: null, words: null, confidence: null, seconds, usage: this.saying };
  }

  async speak(_request: unknown, call: ModelCall): Promise<SpokenAudio> {
    await this.#begin(call);
    const { samples } = this.saying;
    const middle = samples.length / 2;
    const chunks = this.#stream([samples.subarray(0, middle), samples.subarray(middle)], call);
    return { sampleRateHz: 24_000, chunks, usage: () => this.saying };
  }

  async *reply(request: ReplyRequest, call: ModelCall): AsyncGenerator<ReplyPart, void, void> {
    this.replies.push(request);
    const hasPicture = request.messages.some((message) => message.role === 'user' && message.picture);
    await this.#begin(call, (hasPicture && this.pictureConduct) || this.conduct);
    const { text, toolCall } = this.saying;
    const calls = toolCall ? [{ type: 'tool_call' as const, call: { id: 'call_1', ...toolCall } }] : [];
    const reason = toolCall ? 'tool_calls' : 'stop';
    yield* this.#stream<ReplyPart>(
      [{ type: 'text', text }, ...calls, { type: 'end', reason, usage: this.saying }],
      call,
    );
  }

  async *#stream<T>(pieces: readonly T[], call: ModelCall): AsyncGenerator<T, void, void> {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0 && this.conduct === 'stall') await aborted(call.signal);
      if (index > 0 && this.conduct === 'break') throw new ProviderError('unavailable', 'It broke off.');
      if (call.signal.aborted) await aborted(call.signal);
      yield piece;
    }
  }

  async #begin(call: ModelCall, conduct = this.conduct): Promise<void> {
    if (call.signal.aborted) await aborted(call.signal);
    this.calls.push(call);
    if (conduct === 'hang') await aborted(call.signal);
    if (conduct === 'deaf') await new Promise(() => {});
    if (conduct === 'answer' || conduct === 'stall' || conduct === 'break') return;
    throw new ProviderError(conduct as ProviderFailure, `It is ${conduct}.`, this.retryAfterMs);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new ProviderError('aborted', 'The call was broken off.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
