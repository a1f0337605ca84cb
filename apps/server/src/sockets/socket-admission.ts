import { Inject, Injectable, Logger } from '@nestjs/common';

import { AppError, CLOCK, toAppError } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { Authenticator, CONFIG, Connection, hasScope, socketLimits } from '@jiga/platform';
import type { Credential, JigaConfig, Scope, ServerSocket, SocketLimits, SocketUpgrade } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

/** A socket whose credential holds. Whether that may see the session is still to be asked. */
export interface Arrival {
  readonly connection: Connection;
  readonly credential: Credential;
  readonly sessionId: string;
  readonly query: URLSearchParams;
  /** The server connects to itself: see LiveSession.attachSocket. */
  readonly isOwn: boolean;
}

/** What every gateway does with a new socket: find out who comes, and refuse in words whoever must not. */
@Injectable()
export class SocketAdmission {
  readonly #log = new Logger(SocketAdmission.name);
  readonly #limits: SocketLimits;

  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(CONFIG) config: JigaConfig,
  ) {
    this.#limits = socketLimits(config);
  }

  /**
   * Hands the socket to `attach` once its credential holds. What either throws is told to the client, and the socket
   * closes. Not async: a gateway's rejection would end the process.
   */
  admit(socket: ServerSocket, upgrade: SocketUpgrade, attach: (arrival: Arrival) => Promise<void>): void {
    const connection = new Connection(socket, { clock: this.clock, limits: this.#limits });
    void this.#admit(connection, upgrade, attach);
  }

  async #admit(
    connection: Connection,
    { request, params, query }: SocketUpgrade,
    attach: (arrival: Arrival) => Promise<void>,
  ): Promise<void> {
    const sessionId = params['sessionId'] ?? '';
    try {
      const credential = await this.authenticator.authenticateSocket(request);
      const isOwn = credential.isOwn === true;
      // Whoever speaks makes use of the session; a socket that is only open does not.
      if (!isOwn) connection.whenHeard(() => this.sessions.peek(sessionId)?.touch());
      await attach({ connection, credential, sessionId, query, isOwn });
    } catch (error) {
      const known = toAppError(error);
      if (known.kind === 'internal') {
        this.#log.error('Socket could not be opened', { sessionId, connectionId: connection.id, err: error });
      }
      connection.refuse(known);
    }
  }
}

/** Throws AppError `forbidden` when the credential lacks the scope; `deed` says for what, as in `Sending frames`. */
export function requireScope(credential: Credential, scope: Scope, deed: string): void {
  if (!hasScope(credential, scope)) throw new AppError('forbidden', `${deed} needs the scope ${scope}`);
}
