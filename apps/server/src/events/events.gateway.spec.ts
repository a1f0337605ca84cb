import type { IncomingMessage } from 'node:http';

import { expect, it } from '@jest/globals';

import { toAppError, type ErrorCode } from '@jiga/contracts';
import { SCOPES, type ConnectionHandler, type JigaConfig, type ServerSocket, type SocketUpgrade } from '@jiga/platform';
import type { SessionsService } from '@jiga/sessions';
import { turn, VirtualClock } from '@jiga/testing';
import type { TimelineService } from '@jiga/timeline';

import type { Arrival, SocketAdmission } from '../sockets/socket-admission.js';
import { EventPlaces } from './event-places.js';
import { EventsGateway } from './events.gateway.js';

/** A gateway whose sessions have all ended; `come` lets a reader in who reads nothing, or tells why not. */
function gatewayRig(socketsPerSessionMax: number) {
  const refusals: ErrorCode[] = [];
  const readers: ConnectionHandler[] = [];
  const connection = {
    send: () => true,
    start: (handler: ConnectionHandler) => void readers.push(handler),
  };
  let sessionId = '';
  const arrival = (): Arrival =>
    ({
      connection,
      credential: { scopes: new Set(SCOPES) },
      sessionId,
      query: new URLSearchParams({ resume_from: 'evt_1' }),
    }) as unknown as Arrival;
  const admit: SocketAdmission['admit'] = (_socket, _upgrade, attach) =>
    void attach(arrival()).catch((error: unknown) => refusals.push(toAppError(error).code));
  const timeline = {
    sequenceOf: () => Promise.resolve(1),
    journalOf: () => Promise.resolve({ lastEventId: 'evt_9' }),
    follow: () => ({ close: () => undefined }),
  };
  const gateway = new EventsGateway(
    { admit } as unknown as SocketAdmission,
    { get: (id: string) => Promise.resolve({ id }), peek: () => null } as unknown as SessionsService,
    timeline as unknown as TimelineService,
    new EventPlaces({ sessions: { socketsPerSessionMax } } as unknown as JigaConfig),
    new VirtualClock(),
  );
  const come = async (id: string): Promise<void> => {
    sessionId = id;
    gateway.handleConnection({} as ServerSocket, {} as IncomingMessage, {} as SocketUpgrade);
    await turn();
  };
  return { refusals, readers, come };
}

it('lets so many read what is left of a session that has ended as one that lives has sockets', async () => {
  const { refusals, readers, come } = gatewayRig(2);
  for (const id of ['a', 'a', 'b', 'a']) await come(id);
  expect([readers.length, refusals]).toEqual([3, ['socket_limit']]);
  readers[0]?.onClosed();
  await come('a');
  expect([readers.length, refusals]).toEqual([4, ['socket_limit']]);
});
