import type { CallAccounting, Capability, Clock, ModelProviderSelection } from '@jiga/contracts';
import type { Tracing } from '@jiga/platform';

import type {
  CapabilityPorts,
  ReplyPart,
  ReplyProvider,
  ReplyRequest,
  SpeechProvider,
  SpeechRequest,
  SpokenAudio,
  Transcript,
  TranscriptionProvider,
  TranscriptionRequest,
  VisionAnswer,
  VisionProvider,
  VisionRequest,
} from '../ports/index.js';
import { ProviderError } from '../provider-error.js';
import type { ChainEntry, ProviderRegistry } from '../provider.registry.js';
import { AttemptStream } from './attempt-stream.js';
import type { Breakers } from './breakers.js';
import { planReply, planSpeech, planTranscription, planVision, resultOf, type CallPlan } from './call-plan.js';
import { giveUp, NotServedError, type Miss } from './give-up.js';
import { formsFor, hasPicture, mayBeForThePicture } from './picture-forms.js';
import { PictureRefusals } from './picture-refusals.js';
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

/** An answer of a conversation. */
export interface ServedReply extends Served<AsyncIterable<ReplyPart>> {
  /** Whether it was asked with the picture. */
  readonly sawPicture: boolean;
}

/** A way to put a question. */
interface Form<C extends Capability, R> {
  readonly plan: CallPlan;
  readonly run: (port: CapabilityPorts[C], attempt: ProviderAttempt) => Promise<R>;
  /** Whether the next form may do where this one failed; absent = there is no other. */
  readonly givesWay?: (miss: Pick<Miss, 'reason'>) => boolean;
}

/** One entry of the chain, about to be asked. */
interface Asking<C extends Capability, R> extends Pick<Errand<C, R>, 'capability' | 'call'> {
  readonly entry: ChainEntry;
  readonly port: CapabilityPorts[C];
  readonly form: Form<C, R>;
  /** Whether something that costs less can be done instead. */
  readonly hasAlternative: boolean;
}

/** A walk down the chain of one call. */
interface Errand<C extends Capability, R> {
  readonly capability: C;
  readonly call: RoutedCall;
  /** At least one; tried in order. */
  readonly forms: (entry: ChainEntry) => readonly Form<C, R>[];
  /** Told who served; `missed` is why an earlier form of the same entry did not, null when it was the first. */
  readonly onServed?: (entry: ChainEntry, answer: R, missed: Miss['reason'] | null) => void;
}

/**
 * Asks the providers of a session's chain one after the other until one answers. Around each single call it puts what
 * ports do not do themselves: room in the budget, a bound in time, a circuit breaker, few retries of what may pass, a span
 * and figures. All four throw ProviderError `aborted` when the caller breaks off, and NotServedError when nobody of the
 * chain served.
 */
export class ProviderRouter {
  readonly #pictures: PictureRefusals;

  constructor(private readonly deps: RouterDeps) {
    this.#pictures = new PictureRefusals(deps.clock);
  }

  /** Null when the chain says that the local analysis is enough. */
  async vision(call: RoutedCall, request: VisionRequest): Promise<Served<VisionAnswer> | null> {
    const plan = planVision(request);
    const timeoutMs = this.#timeoutMs(call);
    const run = async (port: VisionProvider, attempt: ProviderAttempt): Promise<VisionAnswer> => {
      const answer = await attempt.within(timeoutMs, () => port.look(request, attempt.call));
      attempt.succeed({ ...resultOf(answer.usage, plan.guess), analyses: 1 });
      return answer;
    };
    return this.#walk({ capability: 'vision', call, forms: () => [{ plan, run }] });
  }

  async transcription(call: RoutedCall, request: TranscriptionRequest): Promise<Served<Transcript>> {
    const plan = planTranscription(request);
    const timeoutMs = this.#timeoutMs(call);
    const run = async (port: TranscriptionProvider, attempt: ProviderAttempt): Promise<Transcript> => {
      const transcript = await attempt.within(timeoutMs, () => port.transcribe(request, attempt.call));
      attempt.succeed(resultOf(transcript.usage, plan.guess));
      return transcript;
    };
    return this.#served({ capability: 'transcription', call, forms: () => [{ plan, run }] });
  }

  /**
   * Resolves with the first piece; from then on nobody else is asked, and the stream may throw ProviderError. Pictures go to
   * models alone that are declared to take them.
   */
  async reply(call: RoutedCall, request: ReplyRequest): Promise<ServedReply> {
    const pictures = this.#pictures;
    const forms = (entry: ChainEntry) =>
      formsFor(entry, request, pictures.leavesOut(entry)).map((form) => this.#replyForm(call, form));
    const { answer, ...by } = await this.#served({
      capability: 'reply',
      call,
      forms,
      onServed: (entry, { sawPicture }, missed) => {
        if (sawPicture) pictures.noteTaken(entry);
        else if (missed) pictures.noteRefused(entry, missed);
      },
    });
    return { ...by, answer: answer.parts, sawPicture: answer.sawPicture };
  }

  /** Resolves with the first samples; from then on nobody else is asked, and the chunks may throw ProviderError. */
  async speech(call: RoutedCall, request: SpeechRequest): Promise<Served<SpokenAudio>> {
    const plan = planSpeech(request);
    const timeoutMs = this.#timeoutMs(call);
    const run = async (port: SpeechProvider, attempt: ProviderAttempt): Promise<SpokenAudio> => {
      const audio = await attempt.within(timeoutMs, () => port.speak(request, attempt.call));
      const terms = speechTerms(plan, audio, this.deps.settings.idleTimeoutMs);
      return { ...audio, chunks: await AttemptStream.open(attempt, audio.chunks, terms) };
    };
    return this.#served({ capability: 'speech', call, forms: () => [{ plan, run }] });
  }

  #replyForm(call: RoutedCall, request: ReplyRequest) {
    const plan = planReply(request);
    const sawPicture = hasPicture(request);
    const run = async (port: ReplyProvider, attempt: ProviderAttempt) => {
      const terms = replyTerms(plan, this.#timeoutMs(call), this.deps.settings.idleTimeoutMs);
      return { sawPicture, parts: await AttemptStream.open(attempt, port.reply(request, attempt.call), terms) };
    };
    return { plan, run, ...(sawPicture && { givesWay: mayBeForThePicture }) };
  }

  #timeoutMs({ timeoutMs }: RoutedCall): number {
    return Math.min(timeoutMs ?? Infinity, this.deps.settings.timeoutMs);
  }

  async #served<C extends Capability, R>(errand: Errand<C, R>): Promise<Served<R>> {
    const served = await this.#walk(errand);
    if (served) return served;
    throw new NotServedError(`No ${errand.capability} outside the local analysis.`);
  }

  async #walk<C extends Capability, R>(errand: Errand<C, R>): Promise<Served<R> | null> {
    const { capability, call } = errand;
    const chain = this.deps.registry.chain(capability, call.selection);
    const misses: Miss[] = [];
    for (const [index, entry] of chain.entries()) {
      const port = entry.provider.ports?.[capability];
      if (!port) return null;
      const hasLocalAlternative = chain.slice(index + 1).some(({ provider }) => !provider.isRemote);
      let miss: Miss | null = null;
      for (const form of errand.forms(entry)) {
        const hasAlternative = hasLocalAlternative || capability === 'vision' || form.givesWay !== undefined;
        const outcome = await this.#ask({ capability, call, entry, port, form, hasAlternative });
        if ('answer' in outcome) {
          errand.onServed?.(entry, outcome.answer, miss?.reason ?? null);
          return { ...outcome, provider: entry.provider.id, model: entry.model };
        }
        miss = outcome;
        if (!form.givesWay?.(miss)) break;
      }
      if (miss) misses.push(miss);
    }
    throw giveUp(capability, misses, this.deps.registry.hints(capability));
  }

  /** One entry of the chain in one form, with its retries. */
  async #ask<C extends Capability, R>(asking: Asking<C, R>): Promise<{ readonly answer: R } | Miss> {
    const { capability, entry, port, form } = asking;
    const { signal } = asking.call;
    for (let tries = 1; ; tries++) {
      if (signal.aborted) throw new ProviderError('aborted', 'The call was broken off.');
      const attempt = this.#begin(asking);
      if (typeof attempt === 'string') {
        this.deps.figures.skip(entry.provider.id, capability, attempt);
        return { entry, reason: attempt, error: null };
      }
      try {
        return { answer: await form.run(port, attempt) };
      } catch (thrown) {
        const error = attempt.fail(thrown);
        if (error.failure === 'aborted') throw error;
        const isLast = tries > this.deps.settings.retries || form.givesWay?.({ reason: error.failure });
        const delayMs = isLast ? null : retryDelayMs(error, tries, this.deps.random());
        if (delayMs === null) return { entry, reason: error.failure, error };
        await wait(this.deps.clock, delayMs, signal);
      }
    }
  }

  /** Leave for one try, or why there is none. */
  #begin<C extends Capability, R>(
    asking: Asking<C, R>,
  ): ProviderAttempt | Exclude<Miss['reason'], ProviderError['failure']> {
    const { capability, call, hasAlternative: hasLocalAlternative } = asking;
    const { provider, model, options } = asking.entry;
    const { plan } = asking.form;
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
