import type { PublicEvent } from '@jiga/contracts';
import { Emitter } from './emitter.js';
import type { JigaError } from './jiga-error.js';
import {
  ReconnectingSocket,
  type Incoming,
  type ReconnectOptions,
  type SocketDependencies,
} from './reconnecting-socket.js';
import type { ConnectionState } from './types.js';

/** First message of the events socket. */
export interface EventsWelcome {
  readonly type: 'events_stream_connected';
  readonly session_id: string;
  /** What is sent; `*` = all. */
  readonly types: readonly string[];
  readonly last_event_id: string | null;
  readonly resumed_from: string | null;
  readonly timestamp: number;
}

/** Some of what was missed is not kept any more. */
export interface EventsGap {
  readonly from: string;
  readonly oldest: string | null;
  /** null when nobody knows. */
  readonly missed: number | null;
}

export interface EventsConnectionEvents {
  /** Each once and in order, also over a connection that broke. */
  event: PublicEvent;
  /** A `snapshot` follows. */
  gap: EventsGap;
  /** How the session stands, after a gap. */
  snapshot: Readonly<Record<string, unknown>>;
  /** So many events were not sent because this client reads too slowly; they are on the timeline. */
  dropped: number;
  error: JigaError;
  state: ConnectionState;
}

export interface EventsOptions extends ReconnectOptions {
  /** Types, families such as `game.*`; without it, all. */
  readonly types?: readonly string[];
  /** Begin with what came after this event. */
  readonly resumeFrom?: string;
}

/** The timeline of a session as it grows. A connection that breaks is resumed where it was. */
export class EventsConnection {
  private readonly emitter = new Emitter<EventsConnectionEvents>();
  private readonly socket: ReconnectingSocket<EventsWelcome>;
  private position: string | undefined;

  constructor(dependencies: SocketDependencies, options: EventsOptions = {}) {
    this.position = options.resumeFrom;
    const url = (): string => this.urlFrom(dependencies.url, options.types);
    this.socket = new ReconnectingSocket({ ...dependencies, url }, options, {
      welcomeType: 'events_stream_connected',
      opened: (welcome) => {
        // What happens between two connections counts from the first welcome, even if nothing had happened by then.
        this.position ??= welcome.last_event_id ?? undefined;
      },
      message: (message) => this.receive(message),
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

  /** Of the newest event so far: what `resumeFrom` of a later connection needs. Undefined before the first. */
  get lastEventId(): string | undefined {
    return this.position;
  }

  on<Name extends keyof EventsConnectionEvents>(
    name: Name,
    listener: (payload: EventsConnectionEvents[Name]) => void,
  ): () => void {
    return this.emitter.on(name, listener);
  }

  /** Resolves with the server's welcome; rejects when the server refuses or stays out of reach. */
  connect(): Promise<EventsWelcome> {
    return this.socket.connect();
  }

  /** Ends the connection. May be called twice. */
  close(): void {
    this.socket.close();
  }

  private urlFrom(base: SocketDependencies['url'], types: readonly string[] | undefined): string {
    const url = new URL(typeof base === 'string' ? base : base());
    if (types !== undefined) url.searchParams.set('types', types.join(','));
    if (this.position !== undefined) url.searchParams.set('resume_from', this.position);
    return url.href;
  }

  private receive(message: Incoming): void {
    switch (message['type']) {
      case 'resume_gap':
        return this.emitter.emit('gap', message as unknown as EventsGap);
      case 'state_snapshot':
        return this.emitter.emit('snapshot', message['data'] as EventsConnectionEvents['snapshot']);
      case 'events_dropped':
        return this.emitter.emit('dropped', Number(message['count']));
      default: // every other message without an event's id is of a later protocol version
        if (typeof message['event_id'] === 'string') this.take(message as unknown as PublicEvent, message['event_id']);
    }
  }

  private take(event: PublicEvent, id: string): void {
    this.position = id;
    this.emitter.emit('event', event);
  }

  private ended(error: JigaError): void {
    if (error.code !== 'client_closed') this.emitter.emit('error', error);
    this.emitter.clear();
  }
}
