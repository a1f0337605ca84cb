import type { IncomingMessage } from 'node:http';

import { Inject, Logger } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection } from '@nestjs/websockets';

import { AppError, CLOCK, toAppError } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { Authenticator, CONFIG, Connection, hasScope, socketLimits } from '@jiga/platform';
import type { JigaConfig, ServerSocket, SocketLimits, SocketUpgrade } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { VideoSockets } from './video-sockets.service.js';

/** `/streamDirectVideo`: checks who comes and hands the socket to a connection. */
@WebSocketGateway({ path: '/api/v1/jiga/sessions/:sessionId/streamDirectVideo' })
export class VideoGateway implements OnGatewayConnection<ServerSocket> {
  readonly #log = new Logger(VideoGateway.name);
  readonly #limits: SocketLimits;

  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(VideoSockets) private readonly sockets: VideoSockets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: JigaConfig,
  ) {
    this.#limits = socketLimits(config);
  }

  /** Never async: a rejection here would end the process. */
  handleConnection(socket: ServerSocket, _request: IncomingMessage, upgrade: SocketUpgrade): void {
    const connection = new Connection(socket, { clock: this.clock, limits: this.#limits });
    void this.#admit(connection, upgrade);
  }

  async #admit(connection: Connection, { request, params }: SocketUpgrade): Promise<void> {
    const sessionId = params['sessionId'] ?? '';
    try {
      const credential = await this.authenticator.authenticateSocket(request);
      const session = await this.sessions.open(sessionId, credential);
      if (!hasScope(credential, 'sessions:configure')) {
        throw new AppError('forbidden', 'Sending frames needs the scope sessions:configure');
      }
      this.sockets.attach(connection, session);
    } catch (error) {
      const known = toAppError(error);
      if (known.kind === 'internal') {
        this.#log.error('Video socket could not be opened', { sessionId, connectionId: connection.id, err: error });
      }
      connection.refuse(known);
    }
  }
}
