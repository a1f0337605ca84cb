import { AppError } from '@jiga/contracts';
import type { CallAccounting, Capability, Clock, ModelProviderSelection } from '@jiga/contracts';
import type { Tracing } from '@jiga/platform';

import type {
  CapabilityPorts,
  ReplyPart,
  ReplyRequest,
  SpeechRequest,
  SpokenAudio,
  Transcript,
  TranscriptionRequest,
  VisionAnswer,
  VisionRequest,
} from '../ports/index.js';
import { ProviderError } from '../provider-error.js';
import type { ChainEntry, ProviderRegistry } from '../provider.registry.js';
import { AttemptStream } from './attempt-stream.js';
import type { Breakers } from './breakers.js';
import { planReply, planSpeech, planTranscription, planVision, resultOf, type CallPlan } from './call-plan.js';
import { giveUp, type Miss } from './give-up.js';
import { ProviderAttempt } from './provider-attempt.js';
import type { CallFigures } from './provider-metrics.js';
import { retryDelayMs } from './retry-delay.js';
import { speechTerms, replyTerms } from './stream-terms.js';
import { wait } from './wait.js';

/** For whom a provider is asked. */
export interface RoutedCall {
  readonly sessionId: string;
  /** `model_provider` of the session as it is now; null = the server's default. */
  readonly selection: ModelProviderSelection | null;
  /** Ends the call; its owner is the session or whatever of it wants the answer. */
  readonly signal: AbortSignal;
  /** Of each single try; absent = the server's default. */
  readonly timeoutMs?: number;
}

/** An answer and who gave it. */
export interface Served<T> {
  readonly answer: T;
  readonly provider: string;
  readonly model: string;
}

export interface RouterSettings {
  readonly timeoutMs: number;
  /** Longest silence within a stream. */
  readonly idleTimeoutMs: number;
  /** Further tries of one provider after a failure that may pass. */
  readonly retries: number;
}

export interface RouterDeps {
  readonly registry: ProviderRegistry;
  readonly breakers: Breakers;
  readonly accounts: CallAccounting;
  readonly figures: CallFigures;
  readonly tracing: Pick<Tracing, 'span'>;
  readonly clock: Clock;
  readonly settings: RouterSettings;
  /** 0–1. */
  readonly random: () => number;
}

/** A walk down the chain of one call. */
interface Errand<C extends Capability, R> {
  readonly capability: C;
  readonly call: RoutedCall;
  readonly plan: CallPlan;
  readonly timeoutMs: number;
  readonly run: (port: CapabilityPorts[C], attempt: ProviderAttempt) => Promise<R>;
}

/**
 * Asks the providers of a session's chain one after the other until one answers. Around each single call it puts what
 * ports do not do themselves: room in the budget, a bound in time, a circuit breaker, few retries of what may pass, a span
 * and figures. All four throw ProviderError `aborted` when the caller breaks off, else AppError: `capability_unavailable`
 * (nobody offers it, or the budget leaves no room), `budget_spent`, `provider_timeout` or `provider_failed`.
 */
export class ProviderRouter {
  constructor(private readonly deps: RouterDeps) {}

  /** Null when the chain says that the local analysis is enough. */
  async vision(call: RoutedCall, request: VisionRequest): Promise<Served<VisionAnswer> | null> {
    const plan = planVision(request);
    const timeoutMs = this.#timeoutMs(call);
    return this.#walk({
      capability: 'vision',
      call,
      plan,
      timeoutMs,
      run: async (port, attempt) => {
        const answer = await attempt.within(timeoutMs, () => port.look(request, attempt.call));
        attempt.succeed({ ...resultOf(answer.usage, plan.guess), analyses: 1 });
        return answer;
      },
    });
  }

  async transcription(call: RoutedCall, request: TranscriptionRequest): Promise<Served<Transcript>> {
    const plan = planTranscription(request);
    const timeoutMs = this.#timeoutMs(call);
    return this.#served({
      capability: 'transcription',
      call,
      plan,
      timeoutMs,
      run: async (port, attempt) => {
        const transcript = await attempt.within(timeoutMs, () => port.transcribe(request, attempt.call));
        attempt.succeed(resultOf(transcript.usage, plan.guess));
        return transcript;
      },
    });
  }

  /** Resolves with the first piece; from then on nobody else is asked, and the stream may throw ProviderError. */
  async reply(call: RoutedCall, request: ReplyRequest): Promise<Served<AsyncIterable<ReplyPart>>> {
    const plan = planReply(request);
    const timeoutMs = this.#timeoutMs(call);
    return this.#served({
      capability: 'reply',
      call,
      plan,
      timeoutMs,
      run: (port, attempt) =>
        AttemptStream.open(
          attempt,
          port.reply(request, attempt.call),
          replyTerms(plan, timeoutMs, this.deps.settings.idleTimeoutMs),
        ),
    });
  }

  /** Resolves with the first samples; from then on nobody else is asked, and the chunks may throw ProviderError. */
  async speech(call: RoutedCall, request: SpeechRequest): Promise<Served<SpokenAudio>> {
    const plan = planSpeech(request);
    const timeoutMs = this.#timeoutMs(call);
    return this.#served({
      capability: 'speech',
      call,
      plan,
      timeoutMs,
      run: async (port, attempt) => {
        const audio = await attempt.within(timeoutMs, () => port.speak(request, attempt.call));
        const terms = speechTerms(plan, audio, this.deps.settings.idleTimeoutMs);
        return { ...audio, chunks: await AttemptStream.open(attempt, audio.chunks, terms) };
      },
    });
  }

  #timeoutMs({ timeoutMs }: RoutedCall): number {
    return timeoutMs ?? this.deps.settings.timeoutMs;
  }

  async #served<C extends Capability, R>(errand: Errand<C, R>): Promise<Served<R>> {
    const served = await this.#walk(errand);
    if (served) return served;
    throw new AppError('capability_unavailable');
  }

  async #walk<C extends Capability, R>(errand: Errand<C, R>): Promise<Served<R> | null> {
    const { capability, call } = errand;
    const chain = this.deps.registry.chain(capability, call.selection);
    const misses: Miss[] = [];
    for (const [index, entry] of chain.entries()) {
      const port = entry.provider.ports?.[capability];
      if (!port) return null;
      const hasLocalAlternative = chain.slice(index + 1).some(({ provider }) => !provider.isRemote);
      const outcome = await this.#ask(errand, entry, port, hasLocalAlternative || capability === 'vision');
      if ('answer' in outcome) return { ...outcome, provider: entry.provider.id, model: entry.model };
      misses.push(outcome);
    }
    throw giveUp(capability, misses, this.deps.registry.hints(capability));
  }

  /** One entry of the chain, with its retries. */
  async #ask<C extends Capability, R>(
    errand: Errand<C, R>,
    entry: ChainEntry,
    port: CapabilityPorts[C],
    hasLocalAlternative: boolean,
  ): Promise<{ readonly answer: R } | Miss> {
    const { signal } = errand.call;
    for (let tries = 1; ; tries++) {
      if (signal.aborted) throw new ProviderError('aborted', 'The call was broken off.');
      const attempt = this.#begin(errand, entry, hasLocalAlternative);
      if (typeof attempt === 'string') {
        this.deps.figures.skip(entry.provider.id, errand.capability, attempt);
        return { entry, reason: attempt, error: null };
      }
      try {
        return { answer: await errand.run(port, attempt) };
      } catch (thrown) {
        const error = attempt.fail(thrown);
        if (error.failure === 'aborted') throw error;
        const delayMs = tries > this.deps.settings.retries ? null : retryDelayMs(error, tries, this.deps.random());
        if (delayMs === null) return { entry, reason: error.failure, error };
        await wait(this.deps.clock, delayMs, signal);
      }
    }
  }

  /** Leave for one try, or why there is none. */
  #begin<C extends Capability, R>(
    { capability, call, plan }: Errand<C, R>,
    { provider, model, options }: ChainEntry,
    hasLocalAlternative: boolean,
  ): ProviderAttempt | Exclude<Miss['reason'], ProviderError['failure']> {
    const { accounts, breakers, clock, figures, tracing } = this.deps;
    if (provider.health().state === 'off') return 'off';
    const breaker = breakers.of(provider.id, capability);
    if (breaker.isOpen) return 'open';
    const planned = { sessionId: call.sessionId, provider: provider.id, model, capability, hasLocalAlternative };
    const { grant, refusal } = accounts.reserve({ ...planned, ...plan.most, isRemote: provider.isRemote });
    if (!grant) return refusal;
    if (!breaker.enter()) {
      grant.release();
      return 'open';
    }
    const span = tracing.span(`${capability} ${provider.id}`, 'client', {
      'jiga.session_id': call.sessionId,
      'gen_ai.system': provider.id,
      'gen_ai.request.model': model,
    });
    const onEnd = (outcome: string, ms: number): void => figures.record(provider.id, capability, outcome, ms);
    return new ProviderAttempt({ model, options }, call.signal, plan.guess, { clock, breaker, grant, span, onEnd });
  }
}
