import { SPEECH_RATE_HZ, VoiceChannel } from '@jiga/audio';
import type { AudioEngines, SoundFormat, VoiceEvent } from '@jiga/audio';
import { AppError, SessionState, toAppError, unixSeconds } from '@jiga/contracts';
import type { Callout, Clock, TeamMessage, VoiceChatConfig } from '@jiga/contracts';
import { CloseCode, parseEnvelope } from '@jiga/platform';
import type { Connection, ConnectionHandler, EventBus } from '@jiga/platform';
import type { LiveSession, SessionAttachment, SessionEnding } from '@jiga/sessions';
import { readIds } from '@jiga/video';
import type { MessageIds } from '@jiga/video';

import { readAudioMessage, readSamples, type AudioMessage, type SampleLayout } from './audio-message.js';
import { presentVoiceEvent } from './audio-wire.js';
import type { SessionVoice, VoiceListener } from './session-voice.js';

export type AudioRole = 'player' | 'stream';

export interface AudioConnectionDeps {
  readonly connection: Connection;
  readonly session: LiveSession;
  readonly voice: SessionVoice;
  readonly engines: AudioEngines;
  readonly role: AudioRole;
  readonly clock: Clock;
  readonly bus: EventBus;
  /** Told once when the connection has ended. */
  readonly onClosed: (connection: AudioConnection) => void;
}

/** Files that wait to be decoded; samples behind them wait too, so that sound keeps its order. */
const CHUNKS_WAITING_MAX = 16;
const WELCOME = 'JIGA-AI audio streaming WebSocket connected';
const EXCHANGES_TOLD = 4;

/** The protocol of `/audio/stream` on one socket. What is heard and said is the channel's; the talk is the session's. */
export class AudioConnection implements ConnectionHandler, SessionAttachment, VoiceListener {
  readonly #channel: VoiceChannel;
  readonly #closed: Promise<void>;
  #resolveClosed: () => void = () => {};
  #format: SoundFormat = { sampleRateHz: SPEECH_RATE_HZ, channels: 1 };
  #decoding: Promise<void> = Promise.resolve();
  /** The ids of what waits for a file to be decoded, and of the file. */
  readonly #waiting = new Set<{ readonly ids: MessageIds }>();

  constructor(private readonly deps: AudioConnectionDeps) {
    const { clock, engines, voice, role } = deps;
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#channel = new VoiceChannel({
      clock,
      frontEnd: engines.frontEnd,
      hearing: voice.hearing,
      speaker: voice.speaker,
      conversation: voice.conversation,
      settings: () => this.#settings,
      emit: (event) => this.#onVoice(event),
      meter: voice.meter,
      role,
    });
  }

  welcome(): void {
    const { session, voice, role } = this.deps;
    const { voice_chat_enabled, auto_connect_audio } = session.configuration;
    const { conversation, hearing } = voice;
    this.#send('connected', {
      message: WELCOME,
      session_id: session.id,
      voice_chat_enabled,
      auto_connect_audio,
      role,
      ...this.#sound,
      callouts_from: conversation.preferences.calloutsFrom,
      dictation: hearing.canDictate,
      last_exchange: conversation.history.entries
        .slice(-EXCHANGES_TOLD)
        .map(({ role: from, text }) => ({ from, text })),
    });
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.#takeChunk(data, { sampleRateHz: null, channels: null }, {});
    const { fields, blob } = parseEnvelope(data, 'audio_base64');
    const ids = readIds(fields);
    try {
      this.#handle(readAudioMessage(fields, blob), ids);
    } catch (error) {
      this.deps.connection.sendError(toAppError(error), ids);
    }
  }

  onRefused(data: Buffer, isBinary: boolean, error: AppError): void {
    const ids = isBinary ? {} : readIds(parseEnvelope(data, 'audio_base64').fields);
    this.deps.connection.sendError(error, ids);
  }

  onDrain(): void {
    this.#giveUp(new AppError('draining'));
  }

  onClosed(): void {
    this.#channel.close();
    this.deps.onClosed(this);
    this.#resolveClosed();
  }

  /** The session ends: what is under way gets its answer, then the socket closes. */
  async end({ state, reason }: SessionEnding): Promise<void> {
    this.#giveUp(new AppError('session_closed'));
    if (state === SessionState.ERROR) {
      this.deps.connection.refuse(new AppError('session_closed', 'The session has failed'));
    } else this.deps.connection.close(CloseCode.DONE, reason);
    await this.#closed;
  }

  pushCallout(callout: Callout, lifetimeMs: number): void {
    if (this.deps.role === 'player') this.#channel.offerCallout(callout, lifetimeMs);
  }

  pushTeamMessage(message: TeamMessage): void {
    if (this.deps.role === 'player') this.#send('team_message', { data: message });
  }

  onSettings(): void {
    this.#channel.configure(this.#format);
    this.#send('configured', this.#sound);
  }

  get #settings(): VoiceChatConfig {
    return this.deps.session.configuration.voice_chat_config;
  }

  get #sound(): object {
    const { sampleRateHz, channels } = this.#format;
    return { sample_rate: sampleRateHz, channels, language: this.#settings.language };
  }

  #giveUp(why: AppError): void {
    this.#channel.close(why);
    for (const { ids } of this.#waiting) this.deps.connection.sendError(why, ids);
  }

  #handle(message: AudioMessage, ids: MessageIds): void {
    switch (message.type) {
      case 'audio_chunk':
        return this.#takeChunk(message.bytes, message.samples, ids);
      case 'configure':
        return this.#configure(message, ids);
      case 'commit':
        return this.#inOrder(() => this.#channel.commit(ids), ids);
      case 'interrupt':
        return this.#channel.interrupt(message.playedMs, ids);
      case 'played':
        return this.#channel.reportPlayed(message.responseId, message.playedMs);
      case 'text_input':
        return this.#channel.say(message.text, ids);
      case 'ping':
        return this.#send('pong', ids);
    }
  }

  #configure({ sampleRateHz, channels }: SampleLayout, ids: MessageIds): void {
    this.#inOrder(() => {
      this.#format = {
        sampleRateHz: sampleRateHz ?? this.#format.sampleRateHz,
        channels: channels ?? this.#format.channels,
      };
      this.#channel.configure(this.#format);
      this.#send('configured', { ...this.#sound, ...ids });
    }, ids);
  }

  /** Samples go on at once when nothing waits before them; a file is decoded first. */
  #takeChunk(bytes: Buffer, samples: SampleLayout | null, ids: MessageIds): void {
    if (samples) return this.#inOrder(() => this.#pushSamples(bytes, samples), ids);
    this.#later(async () => {
      const maxSeconds = this.#settings.max_recording_duration;
      const signal = this.deps.connection.signal;
      const { channels, sampleRateHz } = await this.deps.engines.decoder.decode(bytes, { maxSeconds, signal });
      this.#channel.push(interleave(channels), { sampleRateHz, channels: channels.length === 2 ? 2 : 1 });
    }, ids);
  }

  #pushSamples(bytes: Buffer, { sampleRateHz, channels }: SampleLayout): void {
    const format: SoundFormat = {
      sampleRateHz: sampleRateHz ?? this.#format.sampleRateHz,
      channels: channels ?? this.#format.channels,
    };
    this.#channel.push(readSamples(bytes, format.channels), format);
  }

  #inOrder(task: () => void, ids: MessageIds): void {
    if (this.#waiting.size === 0) task();
    else this.#later(() => Promise.resolve(task()), ids);
  }

  #later(task: () => Promise<void>, ids: MessageIds): void {
    if (this.#waiting.size >= CHUNKS_WAITING_MAX) {
      throw new AppError('audio_overloaded', 'Too many recordings wait to be decoded; this one was left out.');
    }
    const entry = { ids };
    this.#waiting.add(entry);
    this.#decoding = this.#decoding
      .then(task)
      .catch((error: unknown) => {
        if (this.deps.connection.isOpen) this.deps.connection.sendError(toAppError(error), ids);
      })
      .finally(() => this.#waiting.delete(entry));
  }

  #onVoice(event: VoiceEvent): void {
    this.#publish(event);
    if (event.type === 'failed') return this.deps.connection.sendError(event.error, event.echo);
    const message = presentVoiceEvent(event, this.#settings.response_type === 'audio');
    if (!message) return;
    if (message.bytes) this.deps.connection.sendWithBytes(message.body, message.bytes);
    else this.deps.connection.send(message.body);
  }

  #publish(event: VoiceEvent): void {
    const { bus, clock, role, session } = this.deps;
    // What was being said is cut short by the session's end, which is the last that is told of it.
    if (session.signal.aborted) return;
    const about = { sessionId: session.id, at: unixSeconds(clock) };
    if (event.type === 'transcript' && event.isFinal && (role === 'player' || event.text !== '')) {
      const { utteranceId, text, isAccepted, confidence, source } = event;
      bus.publish('voice.transcript', { ...about, utteranceId, role, text, isAccepted, confidence, source });
    }
    if (event.type === 'answered') {
      const { responseId, utteranceId, kind, text, isKnown, source } = event;
      bus.publish('voice.response', { ...about, responseId, utteranceId, kind, text, isKnown, source });
    }
  }

  #send(type: string, body: object): void {
    this.deps.connection.send({ type, ...body });
  }
}

/** Channels one sample after the other, as a stream has them. */
function interleave([left, right]: readonly Float32Array[]): Float32Array {
  if (!left || !right) return left ?? new Float32Array(0);
  const both = new Float32Array(left.length * 2);
  for (let i = 0; i < left.length; i++) {
    both[2 * i] = left[i] ?? 0;
    both[2 * i + 1] = right[i] ?? 0;
  }
  return both;
}
