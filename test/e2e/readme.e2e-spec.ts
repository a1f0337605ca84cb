import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JigaClient, type JigaClientOptions } from '@jiga/client';
import { decodeClip, locateFfmpeg } from '@jiga/media';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const file = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** The example of the README, as a function of what it takes from outside. */
function example(): (...outside: unknown[]) => Promise<void> {
  const code = /```js\n([\s\S]*?)```/.exec(readFileSync(file('README.md'), 'utf8'))?.[1] ?? '';
  const body = code.replace(/^import .*$/m, '');
  expect(body).not.toContain('import');
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  return AsyncFunction('JigaClient', 'captureScreen', 'console', 'process', body) as unknown as () => Promise<void>;
}

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server.stop());

/** Pictures of the bundled clip until there is nothing more to wait for. */
async function* captureScreen(isDone: () => boolean): AsyncGenerator<Buffer, void, undefined> {
  const ffmpeg = await locateFfmpeg();
  if (!ffmpeg.found) throw new Error(ffmpeg.remedy);
  const clip = file('samples/openarena/oa_ctf_sample.mp4');
  for await (const { jpeg } of decodeClip({ ffmpegPath: ffmpeg.path, file: clip, sourceFps: 30, fps: 5 })) {
    if (isDone()) return;
    yield jpeg;
  }
}

describe('the example of the README', () => {
  it('gets a callout', async () => {
    const said: string[] = [];
    class Client extends JigaClient {
      constructor(options: JigaClientOptions) {
        expect(options.baseUrl).toBe('http://127.0.0.1:3000');
        super({ ...options, baseUrl: server.origin });
      }
    }
    const console = { log: (line: string) => said.push(line) };
    const process = { env: { JIGA_KEY: ADMIN_KEY } };
    await example()(Client, () => captureScreen(() => said.length > 0), console, process);
    expect(said[0]).toMatch(/^(info|important|urgent): \w/);
  }, 60_000);
});
