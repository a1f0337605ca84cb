import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HighSpeedConnection, JigaClient, JigaError, type BatchFrame, type Session } from '@jiga/client';
import type { SessionRequest } from '@jiga/contracts';
import { FakeAnalyzer, VirtualClock, makePicture, until } from '@jiga/testing';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const analyzer = new FakeAnalyzer();
let server: TestServer;
let client: JigaClient;
let clock: VirtualClock;
let picture: Buffer;
let connection: HighSpeedConnection;
let session: Session;

const open = async (high_speed_config: SessionRequest['high_speed_config'] = {}): Promise<void> => {
  session = await client.createSession({ user_id: 'player-1', high_speed_vision: true, high_speed_config });
  connection = client.highSpeed(session);
  const granted = new Promise((resolve) => connection.on('credit', resolve));
  await connection.connect();
  await granted;
};

beforeAll(async () => {
  server = await TestServer.start({ analyzer });
  picture = await makePicture();
});
afterAll(() => server.stop());
beforeEach(() => {
  analyzer.behaviour = 'now';
  clock = new VirtualClock();
  client = new JigaClient({ baseUrl: server.origin, apiKey: ADMIN_KEY, clock });
});
afterEach(() => {
  connection.close();
  expect(clock.pending).toBe(0);
});

describe('the client on the high-speed socket', () => {
  it('is told the targets, keeps to the credit and encodes the newest picture as advised', async () => {
    await open({ target_fps: 5, max_concurrent_analyses: 1, compression_level: 'medium', jpeg_quality: 40 });
    await expect(connection.connect()).resolves.toMatchObject({
      type: 'high_speed_connected',
      performance_targets: { target_fps: 5, max_concurrent_analyses: 1 },
    });
    expect(connection.credit).toMatchObject({ max_in_flight: 2, max_fps: 5 });
    const asked: unknown[] = [];
    const send = () =>
      connection.sendFrame((advice) => {
        asked.push(advice);
        return picture;
      });
    const frames = [send(), send(), send()];
    expect(await frames[0]).toMatchObject({ status: 'result', processingLatencyMs: expect.any(Number) });
    expect(await frames[1]).toEqual({ status: 'dropped', reason: 'client_superseded' });
    expect(asked).toEqual([{ width: 854, height: 480, jpeg_quality: 40 }]);
    clock.advance(200);
    expect(await frames[2]).toMatchObject({ status: 'result' });
    expect(asked).toHaveLength(2);
  });

  it('sends batches, as bytes and as base64, and gives the outcome of each frame in its place', async () => {
    await open();
    const bytes: BatchFrame[] = [
      { picture, timestamp: 1 },
      { picture: new Uint8Array([1, 2, 3]), timestamp: 2 },
      { picture, timestamp: 3, channel: 'main' },
    ];
    const mixed: BatchFrame[] = [{ picture: picture.toString('base64'), timestamp: 1 }, ...bytes.slice(1)];
    for (const frames of [bytes, mixed]) {
      const { outcomes, processingLatencyMs } = await connection.sendBatch(frames);
      expect(outcomes[0]).toMatchObject({ status: 'result', result: { frame: { timestamp: 1 } } });
      expect(outcomes[1]).toBeInstanceOf(JigaError);
      expect(outcomes[1]).toMatchObject({ code: 'unsupported_image' });
      expect(outcomes[2]).toMatchObject({ result: { frame: { timestamp: 3, channel: 'main' } } });
      expect(processingLatencyMs).toBeGreaterThanOrEqual(0);
    }
    await expect(connection.sendBatch([])).rejects.toMatchObject({ code: 'client_batch_size' });
  });

  it('reads the live figures', async () => {
    await open({ target_p95_ms: 150 });
    await connection.sendFrame(picture);
    await expect(connection.metrics()).resolves.toMatchObject({
      frames: { received: 1, analysed: 1 },
      quality: { level: 0, target_p95_ms: 150 },
      credit: { max_in_flight: 20 },
    });
  });

  it('settles a batch that breaks off, and connects again', async () => {
    await open();
    analyzer.behaviour = 'held';
    const batch = connection.sendBatch([{ picture }, { picture }]);
    await until(() => analyzer.of(session.session_id).pending.length === 2);
    const reopened = new Promise<void>((resolve) => {
      connection.on('state', (state) => void (state === 'open' && resolve()));
    });
    const { socket } = connection as unknown as { socket: { socket: WebSocket } };
    socket.socket.close(4000);
    const lost = { status: 'dropped', reason: 'client_connection_lost' };
    await expect(batch).resolves.toEqual({ outcomes: [lost, lost], processingLatencyMs: null });
    await expect(connection.metrics()).rejects.toMatchObject({ code: 'client_connection_lost', retryable: true });
    clock.advance(300);
    await reopened;
    analyzer.behaviour = 'now';
    await expect(connection.sendFrame(picture)).resolves.toMatchObject({ status: 'result' });
  });

  it('says so when the session has no high speed', async () => {
    await open();
    const plain = await client.createSession({ user_id: 'player-2' });
    expect(() => client.highSpeed(plain)).toThrow(JigaError);
    const url = plain.endpoints.stream_direct_video.replace('streamDirectVideo', 'high-speed/stream');
    const refused = client.highSpeed({ endpoints: { ...plain.endpoints, high_speed_stream: url } });
    await expect(refused.connect()).rejects.toMatchObject({ code: 'high_speed_not_enabled', status: 1008 });
  });
});
