import { Inject, Injectable } from '@nestjs/common';

import type { SpokenPart, VoiceModels } from '@jiga/audio';
import { CALL_ACCOUNTS } from '@jiga/contracts';
import type { CallAccounting, Capability } from '@jiga/contracts';
import { ProviderRegistry, ProviderRouter } from '@jiga/providers';
import type { RoutedCall, Served, SpokenAudio } from '@jiga/providers';
import type { LiveSession } from '@jiga/sessions';

import { LastFrames } from '../video/last-frames.service.js';
import { SessionEyes } from './session-eyes.js';
import { VoiceUsage } from './voice-usage.js';

const RATE_HZ = 16_000;
const FULL_SCALE = 32_768;
/** A player waits for the words; what takes longer is done by this machine, or not at all. */
const DICTATION_TIMEOUT_MS = 6_000;
const REPLY_TIMEOUT_MS = 6_000;
const SPEECH_TIMEOUT_MS = 4_000;

/** The models of a session's voice: its fallback chains, as the voice asks them. */
@Injectable()
export class SessionModels {
  constructor(
    @Inject(ProviderRegistry) private readonly registry: ProviderRegistry,
    @Inject(ProviderRouter) private readonly router: ProviderRouter,
    @Inject(CALL_ACCOUNTS) private readonly accounts: CallAccounting,
    @Inject(LastFrames) private readonly lastFrames: LastFrames,
  ) {}

  /** As the session's choice is now. */
  of(session: LiveSession): VoiceModels {
    return {
      dictate: this.#has('transcription', session) ? (...asked) => this.#dictate(session, ...asked) : null,
      converse: this.#has('reply', session) ? (...asked) => this.#converse(session, ...asked) : null,
      seesPictures: this.#seesPictures(session),
      speak: this.#isRemoteFirst(session) ? (...asked) => this.#speak(session, ...asked) : null,
      voice: this.#localVoice(session),
    };
  }

  /** What they may see of its game. */
  eyesOf(session: LiveSession): SessionEyes {
    return new SessionEyes(session, this.lastFrames);
  }

  /** Counts what the voice of a session does, until the session ends. */
  meterOf(session: LiveSession): VoiceUsage {
    const isLocal = (provider: string): boolean => this.registry.find(provider)?.isRemote === false;
    const meter = new VoiceUsage(session, this.accounts, isLocal);
    session.attach({ end: () => meter.flush() });
    return meter;
  }

  #has(capability: Capability, session: LiveSession): boolean {
    return this.registry.chain(capability, session.configuration.model_provider).length > 0;
  }

  #seesPictures(session: LiveSession): boolean {
    const chain = this.registry.chain('reply', session.configuration.model_provider);
    return chain.some(({ provider, model }) => provider.pictureModels?.includes(model));
  }

  #speakers(session: LiveSession) {
    return this.registry.chain('speech', session.configuration.model_provider);
  }

  /** The voices of this machine are spoken with directly: they know quality and volume. */
  #isRemoteFirst(session: LiveSession): boolean {
    return this.#speakers(session)[0]?.provider.isRemote ?? false;
  }

  #localVoice(session: LiveSession): string | null {
    const isChosen = session.configuration.model_provider?.speech !== undefined;
    const local = this.#speakers(session).find(({ provider }) => !provider.isRemote);
    return isChosen ? (local?.model ?? null) : null;
  }

  async #dictate(
    session: LiveSession,
    ...[{ pcm, language, hints }, signal]: Parameters<NonNullable<VoiceModels['dictate']>>
  ): ReturnType<NonNullable<VoiceModels['dictate']>> {
    const samples = Int16Array.from(pcm, (sample) =>
      Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, sample * FULL_SCALE)),
    );
    const request = { samples, sampleRateHz: RATE_HZ, language, hints };
    const served = await this.router.transcription(call(session, signal, DICTATION_TIMEOUT_MS), request);
    const { text, confidence } = served.answer;
    return { text, confidence, source: sourceOf(served) };
  }

  async #converse(
    session: LiveSession,
    ...[request, signal]: Parameters<NonNullable<VoiceModels['converse']>>
  ): ReturnType<NonNullable<VoiceModels['converse']>> {
    const served = await this.router.reply(call(session, signal, REPLY_TIMEOUT_MS), request);
    return { parts: served.answer, source: sourceOf(served), sawPicture: served.sawPicture };
  }

  async #speak(
    session: LiveSession,
    ...[{ text, language, rate }, signal]: Parameters<NonNullable<VoiceModels['speak']>>
  ): ReturnType<NonNullable<VoiceModels['speak']>> {
    const request = { text, voice: null, language, rate };
    const served = await this.router.speech(call(session, signal, SPEECH_TIMEOUT_MS), request);
    return { parts: spokenParts(served.answer), source: sourceOf(served) };
  }
}

function call({ id, configuration }: LiveSession, signal: AbortSignal, timeoutMs: number): RoutedCall {
  return { sessionId: id, selection: configuration.model_provider, signal, timeoutMs };
}

const sourceOf = ({ provider, model }: Served<unknown>): string => `${provider}:${model}`;

async function* spokenParts({ chunks, sampleRateHz }: SpokenAudio): AsyncGenerator<SpokenPart, void, void> {
  for await (const chunk of chunks) {
    yield { pcm: Float32Array.from(chunk, (sample) => sample / FULL_SCALE), sampleRateHz };
  }
}
