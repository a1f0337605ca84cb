import { Inject, Injectable } from '@nestjs/common';

import { AUDIO_ENGINES, hearRecording } from '@jiga/audio';
import type { AudioEngines, EncodedSpeech, HeardRecording, Intent, Reply, SpokenPart } from '@jiga/audio';
import { AppError, CLOCK, newId, unixSeconds } from '@jiga/contracts';
import type { Clock, TeamMessage, VisionResult } from '@jiga/contracts';
import { CONFIG, EventBus } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import type { LiveSession } from '@jiga/sessions';
import { admitFrame, DROP_ADVICE } from '@jiga/video';

import { VideoSockets } from '../video/video-sockets.service.js';
import type { ResponseType, SentRecording } from './audio-body.js';
import { joinSound } from './join-sound.js';
import type { SessionVoice } from './session-voice.js';
import { SessionVoices } from './session-voices.service.js';

const SOURCE = 'http';

/** What a recording came to. */
export interface ProcessedRecording extends HeardRecording {
  readonly utteranceId: string;
  readonly intent: Intent | null;
  readonly visualContext: VisionResult | null;
}

/** The same with JIGA's answer. */
export interface AnsweredRecording extends ProcessedRecording {
  readonly reply: Reply;
  readonly text: string;
  readonly spoken: EncodedSpeech | null;
  readonly teamMessages: readonly TeamMessage[];
}

/** Hears recordings that come whole, and answers them. */
@Injectable()
export class AudioProcessing {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AUDIO_ENGINES) private readonly engines: AudioEngines,
    @Inject(SessionVoices) private readonly voices: SessionVoices,
    @Inject(VideoSockets) private readonly video: VideoSockets,
  ) {}

  /**
   * What was said and what it means; nothing is done about it. Throws what hearRecording() and the analysis of the picture
   * throw, and AppError `session_closed` when the session ends meanwhile.
   */
  async process(session: LiveSession, recording: SentRecording): Promise<ProcessedRecording> {
    const voice = this.voices.of(session);
    // The picture is looked at while the sound is heard: both work in threads of their own.
    const startedAtMs = this.clock.monotonicMs();
    const looking = this.#look(session, recording);
    const [heard, seen] = await Promise.allSettled([this.#hear(session, voice, recording.bytes), looking]);
    if (heard.status === 'rejected') throw heard.reason;
    if (seen.status === 'rejected') throw seen.reason;
    session.signal.throwIfAborted();
    // It may have been told on the bus already; told twice it is the same.
    if (seen.value) voice.conversation.memory.observe(seen.value, this.clock.monotonicMs());
    const { heard: words, stagesMs } = heard.value;
    const utteranceId = newId('utterance');
    const intent = words?.isAccepted ? voice.conversation.understanding.understand(words.text) : null;
    this.#note(session, voice, utteranceId, heard.value);
    const vision = seen.value === null ? {} : { vision: seen.value.metadata.processing_ms };
    const stages = { ...stagesMs, ...vision, total: this.#since(startedAtMs) };
    return { ...heard.value, stagesMs: stages, utteranceId, intent, visualContext: seen.value };
  }

  /** The same, and answers it. Throws AppError `no_team`, `team_messaging_off`, `capability_unavailable` besides. */
  async answer(session: LiveSession, recording: SentRecording): Promise<AnsweredRecording> {
    const startedAtMs = this.clock.monotonicMs();
    const { responseType } = recording;
    this.#refuseUnanswerable(session, responseType);
    const processed = await this.process(session, recording);
    const voice = this.voices.of(session);
    const answeringAtMs = this.clock.monotonicMs();
    const picture = recording.picture ?? undefined;
    const said = processed.heard?.isAccepted ? processed.heard.text : '';
    const reply = await voice.conversation.reply({ text: said, ...(picture && { picture }) }, session.signal);
    let text = '';
    for await (const sentence of reply.sentences) text = `${text} ${sentence}`.trim();
    const isForTeam = responseType === 'team_message' && (reply.kind === 'answer' || reply.kind === 'talk');
    const told = isForTeam && text !== '' ? [await voice.conversation.tellTeam(text)] : [];
    const replyMs = this.#since(answeringAtMs);
    const speakingAtMs = this.clock.monotonicMs();
    const isSpoken = responseType === 'audio' || responseType === 'base64_audio';
    const speech = isSpoken ? await this.#speak(session, voice, text) : null;
    session.signal.throwIfAborted();
    this.#noteAnswer(session, processed.utteranceId, reply, text);
    const stages = { reply: replyMs, ...(isSpoken && { speak: this.#since(speakingAtMs) }) };
    return {
      ...processed,
      reply,
      text,
      spoken: speech,
      teamMessages: [...reply.sent, ...told],
      stagesMs: { ...processed.stagesMs, ...stages, total: this.#since(startedAtMs) },
    };
  }

  /** What can be known before any work is done. */
  #refuseUnanswerable({ configuration }: LiveSession, responseType: ResponseType): void {
    if (responseType !== 'team_message') return;
    if (configuration.team_id === null) throw new AppError('no_team');
    if (!configuration.voice_chat_config.enable_team_messaging) throw new AppError('team_messaging_off');
  }

  #hear(session: LiveSession, { conversation, hearing }: SessionVoice, bytes: Uint8Array): Promise<HeardRecording> {
    const { decoder, frontEnd } = this.engines;
    const settings = () => session.configuration.voice_chat_config;
    return hearRecording(
      bytes,
      { clock: this.clock, decoder, frontEnd, hearing, conversation, settings },
      session.signal,
    );
  }

  #look(session: LiveSession, { picture, timestamp }: SentRecording): Promise<VisionResult | null> {
    if (!picture) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const about = { timestamp: timestamp ?? unixSeconds(this.clock), source: SOURCE, isAlone: true };
      const frame = admitFrame({ bytes: picture, timestamp, source: null, channel: null }, this.config.frames, about);
      this.video.intakeOf(session).offer(frame, frame, (outcome) => {
        if (outcome.kind === 'result') resolve(outcome.result);
        else if (outcome.kind === 'failed') reject(outcome.error);
        else {
          const { reason } = outcome;
          reject(new AppError('frame_dropped', DROP_ADVICE[reason], { details: { reason } }));
        }
      });
    });
  }

  async #speak(session: LiveSession, { speaker, meter }: SessionVoice, text: string): Promise<EncodedSpeech> {
    const parts: SpokenPart[] = [];
    let silentBecause: string | null = null;
    let source = '';
    for await (const piece of speaker.speak(text, session.signal)) {
      if (piece.sound) parts.push(piece.sound);
      silentBecause ??= piece.silentBecause;
      ({ source } = piece);
    }
    if (silentBecause !== null) throw new AppError('capability_unavailable', silentBecause);
    const speech = await speaker.encode(joinSound(parts), null, session.signal);
    meter.spoken(speech.durationMs / 1000, source);
    return speech;
  }

  #note(
    session: LiveSession,
    { meter }: SessionVoice,
    utteranceId: string,
    { audio, heard, stagesMs }: HeardRecording,
  ): void {
    session.touch();
    meter.heard(audio.durationMs / 1000);
    if (!heard) return;
    meter.utterance(heard.isAccepted);
    meter.latency('audio_recognise', stagesMs['recognise'] ?? 0);
    const { text, isAccepted, confidence, source } = heard;
    const about = { sessionId: session.id, at: unixSeconds(this.clock), utteranceId, role: 'player' } as const;
    this.bus.publish('voice.transcript', { ...about, text, isAccepted, confidence, source });
  }

  #noteAnswer(session: LiveSession, utteranceId: string, reply: Reply, text: string): void {
    const { id: responseId, kind, isKnown, source } = reply;
    const about = { sessionId: session.id, at: unixSeconds(this.clock), responseId, utteranceId };
    this.bus.publish('voice.response', { ...about, kind, text, isKnown, source });
  }

  #since(startedAtMs: number): number {
    return Math.round((this.clock.monotonicMs() - startedAtMs) * 10) / 10;
  }
}
