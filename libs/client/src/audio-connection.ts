import type { Callout, TeamMessage, VoiceLanguage, VoiceReplyKind } from '@jiga/contracts';
import { decodeBase64 } from './base64.js';
import { Emitter } from './emitter.js';
import type { JigaError } from './jiga-error.js';
import {
  ReconnectingSocket,
  type Incoming,
  type ReconnectOptions,
  type SocketDependencies,
} from './reconnecting-socket.js';
import type { ConnectionState } from './types.js';

/** First message of the audio socket. */
export interface AudioWelcome {
  readonly type: 'connected';
  readonly message: string;
  readonly session_id: string;
  readonly voice_chat_enabled: boolean;
  readonly auto_connect_audio: boolean;
  readonly role: 'player' | 'stream';
  readonly language: VoiceLanguage;
  readonly sample_rate: number;
  readonly channels: number;
  readonly callouts_from: Callout['priority'] | null;
  readonly dictation: boolean;
  readonly last_exchange: readonly { readonly from: 'player' | 'jiga'; readonly text: string }[];
  readonly timestamp: number;
}

/** What the player said, as far as it is known. */
export interface AudioTranscript {
  readonly utterance_id: string;
  readonly final: boolean;
  readonly text: string;
  readonly accepted: boolean;
  readonly reason: 'not_a_command' | 'uncertain' | null;
  readonly confidence: number | null;
  readonly coverage: number | null;
  readonly source: string;
}

/** Sound of a piece: a whole file. */
export interface SpeechAudio {
  readonly bytes: Uint8Array;
  readonly format: 'wav' | 'mp3';
  readonly sample_rate: number;
  readonly channels: number;
  readonly duration_ms: number;
}

/** A piece of something that JIGA says, in order of `sequence`. */
export interface SpeechPiece {
  readonly response_id: string;
  readonly sequence: number;
  readonly is_last: boolean;
  readonly text: string;
  readonly audio: SpeechAudio | null;
  readonly silent_because: string | null;
}

export interface VoiceResponse extends SpeechPiece {
  readonly utterance_id: string | null;
  readonly kind: VoiceReplyKind;
  readonly known: boolean;
  readonly source: string;
}

export interface SpokenCallout extends SpeechPiece {
  readonly data: Callout;
}

export interface AudioEvents {
  speechStarted: { readonly utterance_id: string; readonly at_ms: number };
  speechStopped: {
    readonly utterance_id: string;
    readonly at_ms: number;
    readonly duration_ms: number;
    readonly reason: string;
  };
  transcript: AudioTranscript;
  response: VoiceResponse;
  callout: SpokenCallout;
  teamMessage: TeamMessage;
  /**
   * Stop playing this response now; keep the rest when it is resumable. Tell how far it was played. null answers your own
   * `interrupt` when nothing was being said.
   */
  interrupted: {
    readonly response_id: string | null;
    readonly played_ms: number;
    readonly reason: string;
    readonly resumable: boolean;
  };
  /** Play on from there. */
  resumed: { readonly response_id: string; readonly from_ms: number };
  error: JigaError;
  state: ConnectionState;
}

/** What the client's sound is. */
export interface SoundLayout {
  /** Hertz; 16 000 when left out. */
  readonly sampleRate?: number;
  readonly channels?: 1 | 2;
}

export type AudioOptions = ReconnectOptions & SoundLayout;

/** A voice out and a voice in, over one socket that is opened again when it breaks. Sound is not kept meanwhile. */
export class AudioConnection {
  private readonly emitter = new Emitter<AudioEvents>();
  private readonly socket: ReconnectingSocket<AudioWelcome>;
  private layout: SoundLayout;

  constructor(dependencies: SocketDependencies, options: AudioOptions = {}) {
    const { sampleRate, channels } = options;
    this.layout = { ...(sampleRate !== undefined && { sampleRate }), ...(channels !== undefined && { channels }) };
    this.socket = new ReconnectingSocket(dependencies, options, {
      welcomeType: 'connected',
      opened: () => this.tellLayout(),
      message: (message, bytes) => this.receive(message, bytes),
      failed: (error) => {
        this.emitter.emit('error', error);
        return false;
      },
      lost: () => undefined,
      ended: (error) => this.ended(error),
      state: (state) => this.emitter.emit('state', state),
    });
  }

  get state(): ConnectionState {
    return this.socket.state;
  }

  on<Name extends keyof AudioEvents>(name: Name, listener: (payload: AudioEvents[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  /** Resolves with the server's welcome; rejects when the server refuses or stays out of reach. */
  connect(): Promise<AudioWelcome> {
    return this.socket.connect();
  }

  /** Samples of the microphone, interleaved when there are two channels. False while there is no connection. */
  sendPcm(samples: Int16Array | Float32Array): boolean {
    const bytes = new DataView(new ArrayBuffer(samples.length * 2));
    const isFloat = samples instanceof Float32Array;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i] ?? 0;
      bytes.setInt16(2 * i, isFloat ? Math.max(-1, Math.min(1, sample)) * 32_767 : sample, true);
    }
    return this.socket.send(new Uint8Array(bytes.buffer));
  }

  /** Tells what `sendPcm` holds from now on, also over later connections. */
  configure(layout: SoundLayout): void {
    this.layout = { ...this.layout, ...layout };
    this.tellLayout();
  }

  /** The player has ended: push-to-talk is let go. */
  commit(): boolean {
    return this.tell({ type: 'commit' });
  }

  /** Words that are typed instead of spoken. */
  say(text: string, requestId?: string): boolean {
    return this.tell({ type: 'text_input', text, ...(requestId !== undefined && { request_id: requestId }) });
  }

  /** Stops what JIGA says; `playedMs` is how much of it was played. */
  interrupt(playedMs?: number): boolean {
    return this.tell({ type: 'interrupt', ...(playedMs !== undefined && { played_ms: playedMs }) });
  }

  /** How far a response has been played: what an interrupted answer is cut to. */
  reportPlayed(responseId: string, playedMs: number): boolean {
    return this.tell({ type: 'played', response_id: responseId, played_ms: playedMs });
  }

  /** Ends the connection. May be called twice. */
  close(): void {
    this.socket.close();
  }

  private tell(message: object): boolean {
    return this.socket.send(JSON.stringify(message));
  }

  private tellLayout(): void {
    const { sampleRate, channels } = this.layout;
    if (sampleRate === undefined && channels === undefined) return;
    this.tell({
      type: 'configure',
      ...(sampleRate !== undefined && { sample_rate: sampleRate }),
      ...(channels !== undefined && { channels }),
    });
  }

  private receive(message: Incoming, bytes: Uint8Array | undefined): void {
    switch (message['type']) {
      case 'speech_started':
        return this.emitter.emit('speechStarted', message as AudioEvents['speechStarted']);
      case 'speech_stopped':
        return this.emitter.emit('speechStopped', message as AudioEvents['speechStopped']);
      case 'transcript':
        return this.emitter.emit('transcript', message as unknown as AudioTranscript);
      case 'voice_response':
        return this.emitter.emit('response', withSound(message, bytes) as unknown as VoiceResponse);
      case 'callout':
        return this.emitter.emit('callout', withSound(message, bytes) as unknown as SpokenCallout);
      case 'team_message':
        return this.emitter.emit('teamMessage', message['data'] as TeamMessage);
      case 'interrupted':
        return this.emitter.emit('interrupted', message as AudioEvents['interrupted']);
      case 'resumed':
        return this.emitter.emit('resumed', message as AudioEvents['resumed']);
      default: // messages of later protocol versions are not this client's business
    }
  }

  private ended(error: JigaError): void {
    if (error.code !== 'client_closed') this.emitter.emit('error', error);
    this.emitter.clear();
  }
}

/** The same with the sound as bytes, whichever way it came. */
function withSound(message: Incoming, bytes: Uint8Array | undefined): Incoming {
  const audio = message['audio'] as Readonly<Record<string, unknown>> | null;
  if (audio === null) return message;
  const { audio_base64: text, ...rest } = audio;
  return { ...message, audio: { ...rest, bytes: typeof text === 'string' ? decodeBase64(text) : bytes } };
}
