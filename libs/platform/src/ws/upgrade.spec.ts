import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect, it } from '@jest/globals';
import { WebSocket } from 'ws';

import { VirtualClock } from '@jiga/testing';

import { loadConfig } from '../config/config.js';
import { socketLimits } from './socket-limits.js';
import { SocketAdapter } from './ws.adapter.js';

it('holds no open socket’s request, with its headers and URL, once nobody needs it', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const http = createServer();
  const adapter = new SocketAdapter(http, socketLimits(loadConfig({})), { clock: new VirtualClock(), graceMs: 0 });
  const requests: WeakRef<object>[] = [];
  const route = adapter.create(0, { path: '/any' });
  adapter.bindClientConnect(route, (_socket, request) => void requests.push(new WeakRef(request as object)));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/any`);
  await once(client, 'open');
  expect(requests).toHaveLength(1);
  for (let i = 0; i < 20 && requests[0]?.deref(); i++) {
    await turn();
    collectGarbage();
  }
  const { size } = adapter;
  client.terminate();
  await adapter.dispose();
  http.close();
  expect(size).toBe(1);
  expect(requests[0]?.deref()).toBeUndefined();
});
