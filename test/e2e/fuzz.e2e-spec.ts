import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { FUZZED_SERVER } from '../load/fuzz/environment.js';
import { describeFault } from '../load/fuzz/report.js';
import { runFuzz } from '../load/fuzz/run-fuzz.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const PICTURE = new URL('../fixtures/openarena/still_oa_ctf_f0640_480x270.jpg', import.meta.url);

describe('hostile requests', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer(), environment: FUZZED_SERVER });
  });
  afterAll(() => server.stop());

  it('are answered as the API document says, none with a failure of the server', async () => {
    const { origin } = server;
    const picture = await readFile(PICTURE);
    const run = { origin, key: ADMIN_KEY, picture, seed: 20_261_122, requests: 400, concurrency: 1 };
    const report = await runFuzz({ ...run, timeLimitMs: 15_000 });
    expect(report.faults.map(describeFault)).toEqual([]);
    expect(report.made).toBe(400);
    expect(report.statuses.get(201)).toBeGreaterThan(0);
    expect(report.statuses.get(422)).toBeGreaterThan(20);
  });
});
