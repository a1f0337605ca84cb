import type { Readable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { VirtualClock, turn } from '@jiga/testing';
import type { CredentialWatch, Credential, JigaConfig } from '@jiga/platform';
import type { SessionRecord, SessionsService } from '@jiga/sessions';
import type { TimelineService } from '@jiga/timeline';

import { EventPlaces } from './event-places.js';
import { SseStreams } from './sse.service.js';

describe('event streams of a session that has ended', () => {
  const clock = new VirtualClock();
  const config = {
    sockets: { pingIntervalMs: 15_000 },
    sessions: { socketsPerSessionMax: 2 },
  } as unknown as JigaConfig;
  const nothing = (): void => {};
  const journal = { hasEnded: true, lastSequence: 9 };
  const timeline = { journalOf: () => Promise.resolve(journal), follow: () => ({ close: nothing }) };
  const streams = new SseStreams(
    timeline as unknown as TimelineService,
    { peek: () => null } as unknown as SessionsService,
    { watch: () => nothing } as unknown as CredentialWatch,
    new EventPlaces(config),
    clock,
    config,
  );
  const open = (id: string): Promise<Readable | null> =>
    streams.open({
      record: { id } as SessionRecord,
      credential: {} as Credential,
      types: null,
      resume: { from: 'evt_1', sequence: 1 },
    });

  it('are as many at once as a session has places, however slowly they are read', async () => {
    const unread = [await open('a'), await open('a')];
    await expect(open('a')).rejects.toMatchObject({ code: 'socket_limit' });
    unread.push(await open('b'));
    unread[0]?.destroy();
    await turn();
    unread.push(await open('a'));
    expect(streams.size).toBe(3);
    for (const stream of unread) stream?.destroy();
    await turn();
    expect([streams.size, clock.pending]).toEqual([0, 0]);
  });
});
