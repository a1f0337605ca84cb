import type { IncomingMessage } from 'node:http';

import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection } from '@nestjs/websockets';

import type { ServerSocket, SocketUpgrade } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { requireScope, SocketAdmission, type Arrival } from '../sockets/socket-admission.js';
import { AudioSockets } from './audio-sockets.service.js';

/** `/audio/stream`: checks who comes and hands the socket to a connection. */
@WebSocketGateway({ path: '/api/v1/jiga/sessions/:sessionId/audio/stream' })
export class AudioGateway implements OnGatewayConnection<ServerSocket> {
  constructor(
    @Inject(SocketAdmission) private readonly admission: SocketAdmission,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(AudioSockets) private readonly sockets: AudioSockets,
  ) {}

  handleConnection(socket: ServerSocket, _request: IncomingMessage, upgrade: SocketUpgrade): void {
    this.admission.admit(socket, upgrade, (arrival) => this.#attach(arrival));
  }

  async #attach({ connection, credential, sessionId, query, isOwn }: Arrival): Promise<void> {
    const session = await this.sessions.open(sessionId, credential);
    requireScope(credential, 'sessions:configure', 'Talking');
    this.sockets.attach(connection, session, query.get('role') === 'stream' ? 'stream' : 'player', isOwn);
  }
}
