import type { Server } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { CLOCK, ERRORS } from '@jiga/contracts';
import type { Clock, DomainEvents, SelfConnectionFigures, SelfConnections } from '@jiga/contracts';
import { Authenticator, OnDomainEvent, Shutdown } from '@jiga/platform';
import { isIngested, NO_SELF_CONNECTIONS, SessionsService, type LiveSession } from '@jiga/sessions';

import { SESSIONS_PATH } from '../sessions/session.presenter.js';
import { OwnCredentials } from './own-credentials.js';
import { SelfConnection, type SelfConnectionDeps } from './self-connection.js';

/** Connections that a session may ask for, with the last part of the path. */
const PATHS = { audio: 'audio/stream?role=stream', high_speed_vision: 'high-speed/stream' } as const;
export type SelfConnectionName = keyof typeof PATHS;

/** The audio socket of such a session refuses everybody for as long as it lives: nothing is gained by trying. */
const WITHOUT_VOICE_CHAT: SelfConnections = {
  ...NO_SELF_CONNECTIONS,
  audio: { ...NO_SELF_CONNECTIONS.audio, last_error: `voice_chat_off: ${ERRORS.voice_chat_off.title}` },
};

/** Somebody who sends through a connection and hears what is answered. */
export type SelfConnectionUser = Pick<SelfConnectionDeps, 'onMessage' | 'onChange'>;

interface Opened {
  readonly connection: SelfConnection;
  readonly users: Set<SelfConnectionUser>;
}

/**
 * Opens the WebSockets that sessions want the server to hold by itself, keeps them up, and ends them with the session.
 * They are real connections to the address that this server listens on.
 */
@Injectable()
export class AutoConnector implements OnModuleInit, OnApplicationBootstrap {
  readonly #credentials: OwnCredentials;
  readonly #opened = new WeakMap<LiveSession, Partial<Record<SelfConnectionName, Opened>>>();
  #isStopping = false;

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#credentials = new OwnCredentials(clock);
  }

  onModuleInit(): void {
    this.authenticator.add(this.#credentials);
  }

  /** Registered last, so ended first: clients are then alone in being told to move. */
  onApplicationBootstrap(): void {
    this.shutdown.register('sockets', 'own connections', () => this.#endAll());
  }

  @OnDomainEvent('session.state_changed')
  onStateChanged({ sessionId, from }: DomainEvents['session.state_changed']): void {
    const session = from === null ? this.sessions.peek(sessionId) : null;
    if (session && !session.signal.aborted && !this.#isStopping) this.#open(session);
  }

  /** The connection of a session, to send through; null when the session did not ask for it. */
  connectionOf(session: LiveSession, name: SelfConnectionName): SelfConnection | null {
    return this.#opened.get(session)?.[name]?.connection ?? null;
  }

  /** Tells `user` what comes over the connection and when it is lost and made; returns what ends that. */
  listen(session: LiveSession, name: SelfConnectionName, user: SelfConnectionUser): () => void {
    const users = this.#opened.get(session)?.[name]?.users;
    users?.add(user);
    return () => void users?.delete(user);
  }

  #open(session: LiveSession): void {
    const { auto_connect_audio, high_speed_vision, voice_chat_enabled } = session.configuration;
    // The sound of a stream has no other way in.
    const wantsAudio = voice_chat_enabled && (auto_connect_audio || isIngested(session.configuration));
    const opened: Partial<Record<SelfConnectionName, Opened>> = {
      ...(wantsAudio && { audio: this.#connect(session, 'audio') }),
      ...(high_speed_vision && { high_speed_vision: this.#connect(session, 'high_speed_vision') }),
    };
    this.#opened.set(session, opened);
    const closed = auto_connect_audio && !wantsAudio ? WITHOUT_VOICE_CHAT : NO_SELF_CONNECTIONS;
    const figures = (name: SelfConnectionName): SelfConnectionFigures =>
      opened[name]?.connection.figures ?? closed[name];
    session.metrics.selfConnections = () => ({
      audio: figures('audio'),
      high_speed_vision: figures('high_speed_vision'),
    });
  }

  #connect(session: LiveSession, name: SelfConnectionName): Opened {
    const users = new Set<SelfConnectionUser>();
    const connection = new SelfConnection({
      clock: this.clock,
      url: () => this.#urlOf(session, name),
      token: () => this.#credentials.issue(session),
      onMessage: (message) => users.forEach((user) => user.onMessage?.(message)),
      onChange: (isConnected) => users.forEach((user) => user.onChange?.(isConnected)),
    });
    session.attach({ end: () => connection.end() });
    connection.start();
    return { connection, users };
  }

  #urlOf({ id }: LiveSession, name: SelfConnectionName): string | null {
    const address = (this.http.httpAdapter.getHttpServer() as Server).address();
    if (typeof address !== 'object' || address === null) return null;
    return `ws://${reachable(address.address)}:${address.port}${SESSIONS_PATH}/${id}/${PATHS[name]}`;
  }

  async #endAll(): Promise<void> {
    this.#isStopping = true;
    const open = this.sessions.all().flatMap((session) => Object.values(this.#opened.get(session) ?? {}));
    await Promise.all(open.map(({ connection }) => connection.end()));
  }
}

/** Who listens on every address is reached on loopback. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
