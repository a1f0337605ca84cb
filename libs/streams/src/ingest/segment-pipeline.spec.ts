import { expect, it } from '@jest/globals';

import { deferred, turn, VirtualClock } from '@jiga/testing';

import type { StreamDecoder } from '../decode/stream-decoder.port.js';
import type { ResolvedHls, StreamHttp } from '../stream-ingest.port.js';
import { SegmentPipeline } from './segment-pipeline.js';
import type { TrackedSegment } from './segment-tracker.js';

const segment = (uri: string): TrackedSegment => ({
  uri,
  sequence: 0,
  durationS: 2,
  startsAt: 0,
  isEstimated: false,
  isAd: false,
  isGap: false,
  isEncrypted: false,
  isDiscontinuous: false,
  title: '',
  range: null,
  mapUri: null,
  mapRange: null,
});

it.each(Array.from({ length: 12 }, (_, ticks) => ticks))(
  'takes what is offered %d steps after the last was decoded',
  async (ticks) => {
    const decoding = deferred<void>();
    const decoded: string[] = [];
    const http: StreamHttp = {
      fetch: ({ url }) => Promise.resolve({ status: 200, headers: {}, body: Buffer.from(url), url }),
    };
    const decode: StreamDecoder['decode'] = ({ bytes }) => {
      decoded.push(bytes.toString().slice(-1));
      return decoded.length === 1 ? decoding.promise : Promise.resolve();
    };
    const pipeline = new SegmentPipeline({
      clock: new VirtualClock(),
      http,
      decoder: { decode, finish: () => Promise.resolve(), close: () => Promise.resolve() },
      stream: { headers: {}, hosts: { builtIn: [], named: [] } } as unknown as ResolvedHls,
      onSkipped: () => undefined,
      onDecoded: () => undefined,
      onFatal: () => undefined,
    });
    pipeline.offer(segment('a'), 'https://media.example/');
    await turn();
    decoding.resolve();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    pipeline.offer(segment('b'), 'https://media.example/');
    await pipeline.drain();
    expect(decoded).toEqual(['a', 'b']);
  },
);
