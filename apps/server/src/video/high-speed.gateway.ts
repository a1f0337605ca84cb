import type { IncomingMessage } from 'node:http';

import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection } from '@nestjs/websockets';

import { AppError } from '@jiga/contracts';
import type { ServerSocket, SocketUpgrade } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { requireScope, SocketAdmission, type Arrival } from '../sockets/socket-admission.js';
import { HighSpeedConnection } from './high-speed.connection.js';
import { VideoSockets } from './video-sockets.service.js';

/** `/high-speed/stream`: as `/streamDirectVideo`, for sessions that were made for it. */
@WebSocketGateway({ path: '/api/v1/jiga/sessions/:sessionId/high-speed/stream' })
export class HighSpeedGateway implements OnGatewayConnection<ServerSocket> {
  constructor(
    @Inject(SocketAdmission) private readonly admission: SocketAdmission,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(VideoSockets) private readonly sockets: VideoSockets,
  ) {}

  handleConnection(socket: ServerSocket, _request: IncomingMessage, upgrade: SocketUpgrade): void {
    this.admission.admit(socket, upgrade, (arrival) => this.#attach(arrival));
  }

  async #attach({ connection, credential, sessionId, isOwn }: Arrival): Promise<void> {
    const session = await this.sessions.open(sessionId, credential);
    requireScope(credential, 'sessions:configure', 'Sending frames');
    if (!session.isHighSpeed) throw new AppError('high_speed_not_enabled');
    this.sockets.attach({ connection, session, isOwn }, HighSpeedConnection);
  }
}
