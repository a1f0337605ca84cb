import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { expect, it } from '@jest/globals';

import { RtspRelay } from './rtsp-relay.js';

it('asks the server under its own name, and leaves the body of a request as long as its head says', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const relay = await RtspRelay.open(new URL(`rtsp://camera.example:${port}/live`), '127.0.0.1');
  const client = connect({ host: '127.0.0.1', port: Number(new URL(relay.url).port) });
  try {
    const body = `position: ${relay.url}\r\n`;
    const head = (url: string): string =>
      `SET_PARAMETER ${url} RTSP/1.0\r\nCSeq: 1\r\nContent-Length: ${body.length}\r\n\r\n`;
    client.write(`${head(relay.url)}${body}`);
    client.write(`OPTIONS ${relay.url} RTSP/1.0\r\n\r\n`);
    const [upstream] = (await once(server, 'connection')) as [Socket];
    let heard = '';
    for await (const chunk of upstream) {
      heard += String(chunk);
      if (heard.includes('OPTIONS') && heard.endsWith('\r\n\r\n')) break;
    }
    const own = `rtsp://camera.example:${port}/live`;
    expect(heard).toBe(`${head(own)}${body}OPTIONS ${own} RTSP/1.0\r\n\r\n`);
  } finally {
    client.destroy();
    await relay.close();
    server.close();
  }
});
