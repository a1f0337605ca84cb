import type { Duplex } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { SourceHealth } from '@jiga/contracts';
import {
  FakeAnalyzer,
  FakeTwitchServer,
  makeMedia,
  SAMPLE_CLIP,
  shellWord,
  tempDir,
  writeProgram,
  type FakeChannel,
} from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

interface Status {
  readonly state: string;
  readonly state_reason: string;
  readonly source: SourceHealth;
  readonly auto_connect: { readonly high_speed_vision: { readonly state: string; readonly reconnects: number } };
}

interface Event {
  readonly type: string;
  readonly data: { readonly to?: string; readonly after?: string };
}

const SEGMENT_S = 1;

describe('streams that are fetched from a service', () => {
  const analyzer = new FakeAnalyzer();
  const upgraded: { readonly path: string; readonly socket: Duplex }[] = [];
  let twitch: FakeTwitchServer;
  let programs: Awaited<ReturnType<typeof tempDir>>;
  let server: TestServer;

  beforeAll(async () => {
    const options = { clip: SAMPLE_CLIP, seconds: 6, segmentS: SEGMENT_S, width: 320, height: 180 };
    const { segments } = await makeMedia(options);
    const media = (_rung: string, n: number): Buffer => segments[n % segments.length] ?? Buffer.alloc(0);
    twitch = await FakeTwitchServer.listen({ nowMs: () => Date.now(), media });
    programs = await tempDir();
    const video = {
      id: 'dQw4w9WgXcQ',
      live_status: 'is_live',
      formats: [{ protocol: 'm3u8_native', manifest_url: playlistOf('on_youtube') }],
    };
    const ytDlp = await writeProgram(programs.path, 'yt-dlp', `echo ${shellWord(JSON.stringify(video))}`);
    server = await TestServer.start({
      analyzer,
      environment: {
        ...twitch.environment,
        JIGA_RETRY_DELAY_MS: '50',
        JIGA_STREAM_RECONNECT_WINDOW_S: '1',
        JIGA_YOUTUBE_FINDERS: 'yt-dlp',
        JIGA_YTDLP_PATH: ytDlp,
      },
    });
    server.server.app.getHttpServer().on('upgrade', ({ url }: { url: string }, socket: Duplex) => {
      upgraded.push({ path: url, socket });
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await twitch.close();
    await programs.remove();
  });

  function playlistOf(login: string): string {
    return `${twitch.origin}/v1/playlist/${login}/360p.m3u8`;
  }
  const live = (login: string): FakeChannel => {
    const channel = twitch.twitch.channel(login).goLive();
    channel.segmentS = SEGMENT_S;
    return channel;
  };
  const watch = (video_input_source: string, video_source_config: object, more: object = {}): Promise<string> =>
    server.createSession({ video_input_source, video_source_config, ...more });
  const status = async (id: string): Promise<Status> =>
    (await call<Status>(server, 'GET', `/sessions/${id}/status`)).body;
  const until = async (what: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> => {
    for (const deadline = performance.now() + withinMs; !(await what());) {
      if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const framesOf = (id: string) => analyzer.of(id).frames;
  const eventsOf = async (id: string): Promise<Event[]> => {
    const query = 'limit=500&types=source.*,session.state_changed';
    return (await call<{ items: Event[] }>(server, 'GET', `/sessions/${id}/events?${query}`)).body.items;
  };
  const children = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

  it('brings a channel through the own high-speed socket, through an ad break and a lost socket, and leaves nothing', async () => {
    const channel = live('some_channel');
    const id = await watch('twitch', { channel_name: 'Some_Channel' }, { high_speed_vision: true });
    await until(() => framesOf(id).length >= 5);
    expect(framesOf(id)[0]).toMatchObject({ source: 'twitch', channel: 'Some_Channel', width: 480, height: 270 });
    expect(await status(id)).toMatchObject({
      state: 'active',
      state_reason: 'source_connected',
      source: { state: 'live', live: true, attempts: 0, variant: { name: '360p', height: 360 }, last_error: null },
      auto_connect: { high_speed_vision: { state: 'connected' } },
    });

    const [first, last] = [channel.edge + 2, channel.edge + 3];
    channel.adBreaks = [[first, last]];
    await until(async () => (await status(id)).source.state === 'ad_break');
    await until(async () => (await status(id)).source.state === 'live');
    const startOf = (n: number): number => (channel.startedMs ?? 0) / 1000 + n * SEGMENT_S;
    await until(() => (framesOf(id).at(-1)?.timestamp ?? 0) > startOf(last + 1));
    const times = framesOf(id).map(({ timestamp }) => timestamp);
    expect(times.filter((time) => time > startOf(first) + 0.05 && time < startOf(last + 1) - 0.05)).toEqual([]);
    expect(times).toEqual([...times].sort((a, b) => a - b));

    upgraded.filter(({ path }) => path.includes(id)).forEach(({ socket }) => socket.destroy());
    const before = framesOf(id).length;
    await until(() => framesOf(id).length >= before + 5);
    expect((await status(id)).auto_connect.high_speed_vision).toMatchObject({ state: 'connected', reconnects: 1 });

    const startedAt = performance.now();
    await server.closeSession(id);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await until(() => children() === 0, 2_000);
    expect((await eventsOf(id)).map(({ type, data }) => [type, data.to ?? data.after ?? ''].join(' ').trim())).toEqual([
      'session.state_changed created',
      'session.state_changed connecting',
      'session.state_changed active',
      'source.connected',
      'source.ad_break',
      'source.resumed ad_break',
      'session.state_changed closing',
      'session.state_changed closed',
    ]);
  }, 40_000);

  it('brings it straight to the analysis without high-speed vision, and fails when it stays away', async () => {
    const channel = live('goes_away');
    const id = await watch('twitch', { channel_name: 'goes_away', fps: 4 });
    await until(() => framesOf(id).length >= 3);
    expect(framesOf(id)[0]).toMatchObject({ width: 640, height: 360, source: 'twitch' });
    channel.startedMs = null;
    await until(async () => (await status(id)).state === 'reconnecting');
    await until(async () => (await status(id)).state === 'error');
    const events = await eventsOf(id);
    expect(events.map(({ type }) => type)).toContain('source.reconnecting');
    expect(await status(id)).toMatchObject({
      state_reason: 'source_offline',
      source: { state: 'failed', live: false },
    });
    const { body } = await call(server, 'GET', `/sessions/${id}/metrics`);
    expect(body).toMatchObject({ twitch_connection_failed: true, frames: { failed: 0 } });
    await until(() => children() === 0, 2_000);
  }, 30_000);

  it.each([
    ['youtube', () => ({ video_id: 'dQw4w9WgXcQ' }), 'on_youtube'],
    ['stream_url', () => ({ url: playlistOf('at_an_address') }), 'at_an_address'],
    ['stream_url', () => ({ url: 'sample:openarena-ctf' }), null],
  ])(
    'brings %s',
    async (source, config, login) => {
      if (login !== null) live(login);
      const id = await watch(source, config(), { high_speed_vision: true });
      await until(() => framesOf(id).length >= 5);
      expect(framesOf(id)[0]).toMatchObject({ source, width: 480, height: 270 });
      expect((await status(id)).source).toMatchObject({ source, live: true });
      await server.closeSession(id);
      await until(() => children() === 0, 2_000);
    },
    20_000,
  );

  it.each([
    ['live', () => undefined],
    ['ad_break', (channel: FakeChannel) => (channel.adBreaks = [[0, Infinity]])],
    ['stalled', (channel: FakeChannel) => (channel.frozenAt = channel.edge + 1)],
    ['reconnecting', (channel: FakeChannel) => (channel.startedMs = null)],
  ])(
    'ends at once when it is closed in state %s',
    async (state, bring) => {
      const login = `closed_in_${state}`;
      const channel = live(login);
      const id = await watch('twitch', { channel_name: login }, { high_speed_vision: true });
      await until(() => framesOf(id).length > 0);
      bring(channel);
      await until(async () => (await status(id)).source.state === state);
      const startedAt = performance.now();
      await server.closeSession(id);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect((await status(id)).state_reason).toBe('closed_by_client');
      await until(() => children() === 0, 2_000);
    },
    20_000,
  );

  it.each([false, true])(
    'ends the session with what was recorded, when the last of it was answered (high speed: %p)',
    async (high_speed_vision) => {
      const name = `recorded_${high_speed_vision}`;
      const channel = live(name);
      channel.isEnded = true;
      channel.frozenAt = channel.edge + 1;
      channel.windowSize = 2;
      analyzer.behaviour = 'held';
      try {
        const id = await watch('stream_url', { url: playlistOf(name), fps: 5 }, { high_speed_vision });
        const held = { frames: 0, looks: 0 };
        await until(async () => {
          const { state } = await status(id);
          const { pending, frames } = analyzer.of(id);
          held.looks = frames.length === held.frames ? held.looks + 1 : 0;
          held.frames = frames.length;
          // Whatever does not wait for the answer has gone on by now.
          if (held.looks > 10) pending[0]?.finish();
          return state === 'closed';
        });
        expect((await status(id)).state_reason).toBe('source_ended');
        expect((await eventsOf(id)).map(({ type }) => type)).toContain('source.ended');
        const metrics = await (await server.fetch(`/sessions/${id}/metrics`)).json();
        const { received, analysed, failed, dropped } = (metrics as { frames: Record<string, unknown> }).frames;
        expect(held.frames).toBeGreaterThan(5);
        expect([received, analysed, failed, dropped]).toEqual([held.frames, held.frames, 0, {}]);
      } finally {
        analyzer.behaviour = 'now';
      }
    },
    20_000,
  );
});
