import { setTimeout as delay } from 'node:timers/promises';

import { readOptions } from '../../apps/cli/src/arguments.js';
import { JigaClient, type EventsConnection, type Session } from '@jiga/client';
import type { PublicEvent, SelfConnections, SourceHealth } from '@jiga/contracts';
import { FAKE_LADDER, FakeTwitchServer, makeMedia, SAMPLE_CLIP, type FakeChannel } from '@jiga/testing';

import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';

const USAGE = `npm run demo:twitch

A Twitch channel, played by a fake of Twitch on this machine, watched by a server: real segments of the bundled clip, an advertisement
break, a stall, a lost connection and the end of the broadcast, told as a client sees it over the API and the events socket. Takes about
a minute and a half.
`;

const CHANNEL = 'demo_channel';
const SEGMENT_S = 2;
/** What the broadcaster sends: the one rendition of a small channel. */
const SOURCE = { width: 1280, height: 720, fps: 30 };
const KBPS = 4000;
const PLAY_S = 12;
const AD_SEGMENTS = 4;
/** Long enough to be noticed, short enough to go on where it was. */
const STALL_S = 9;
const GIVE_UP_S = 40;
const SUMMARY_EVERY = 10;
/** Of an event, what makes a line long and says little. */
const LEFT_OUT = new Set(['by_player', 'of_player', 'killer_team', 'victim_team', 'bandwidth', 'source']);

interface Status {
  readonly state: string;
  readonly source: SourceHealth;
  readonly auto_connect: SelfConnections;
}

readOptions(USAGE, {});
const startedMs = performance.now();
const say = (who: string, text: string): void => {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${seconds} s  ${who.padEnd(9)} ${text}\n`);
};

/** Prints what the events socket brings; analyses only now and then. */
class Narrator {
  readonly seen = new Set<string>();
  #analyses = 0;

  constructor(events: EventsConnection) {
    events.on('event', (event) => {
      this.#tell(event);
      if (this.seen.has('session closed')) events.close();
    });
    events.on('error', (error) => say('error', error.message));
  }

  /** Resolves when such an event has come since the last call. */
  async until(what: string): Promise<void> {
    for (const deadline = performance.now() + GIVE_UP_S * 1000; !this.seen.has(what); await delay(50)) {
      if (performance.now() > deadline) throw new Error(`${what} did not come within ${GIVE_UP_S} s`);
    }
    this.seen.clear();
  }

  #tell({ type, data }: PublicEvent): void {
    const facts = data as Readonly<Record<string, unknown>>;
    this.seen.add(type === 'session.state_changed' ? `session ${String(facts['to'])}` : type);
    if (type === 'analysis') return this.#summarise(facts);
    if (type === 'session.state_changed') return say('session', `${String(facts['to'])} (${String(facts['reason'])})`);
    const { detail, text } = facts;
    const shown = type.startsWith('game.') ? detail : type === 'callout' ? text : facts;
    say(type.split('.')[0] ?? type, `${type.split('.').slice(1).join('.')} ${briefly(shown)}`.trim());
  }

  #summarise({ game, teams, hud }: Readonly<Record<string, unknown>>): void {
    this.#analyses++;
    if (this.#analyses % SUMMARY_EVERY !== 1) return;
    const read = Object.entries(asObject(hud)).map(([name, field]) => [name, asObject(field)['value']]);
    const shown = { phase: asObject(game)['phase'], scores: asObject(teams)['scores'], ...Object.fromEntries(read) };
    say('analysis', `result ${this.#analyses}: ${briefly(shown)}`);
  }
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** On one line, without what is unknown. */
function briefly(value: unknown): string {
  const kept = (key: string, each: unknown): unknown => {
    if (each === null || LEFT_OUT.has(key)) return undefined;
    return typeof each === 'number' ? Math.round(each * 10) / 10 : each;
  };
  const text = JSON.stringify(value, kept) ?? '';
  const plain = text.replaceAll(/["{}]/g, '').replaceAll(',', ', ').replaceAll(':', ' ');
  return plain.length > 110 ? `${plain.slice(0, 109)}…` : plain;
}

async function open(server: ServerProcess): Promise<{ client: JigaClient; session: Session; narrator: Narrator }> {
  const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const session = await client.createSession({
    user_id: 'demo',
    game: 'openarena',
    video_input_source: 'twitch',
    video_source_config: { channel_name: CHANNEL },
    high_speed_vision: true,
    high_speed_mode: 'quality-focused',
  });
  say('client', `POST /sessions: ${session.session_id} is ${session.state}`);
  // Whatever happened since it was created is told as well.
  const path = `/sessions/${session.session_id}/events?limit=1`;
  const [created] = (await client.call<{ items: PublicEvent[] }>('GET', path)).items;
  const events = client.events(session, created && { resumeFrom: created.event_id });
  const narrator = new Narrator(events);
  await events.connect();
  return { client, session, narrator };
}

async function showStatus(client: JigaClient, { session_id: id }: Session): Promise<void> {
  const { state, source, auto_connect } = await client.call<Status>('GET', `/sessions/${id}/status`);
  const { frames, frames_per_second: fps, latency_seconds: latency, variant, stalls, ad_breaks, reconnects } = source;
  const own = auto_connect.high_speed_vision.state;
  const figures = { frames, fps, latency, rendition: variant?.name, stalls, ad_breaks, reconnects, own };
  say('client', `GET /status: ${state}, ${briefly(figures)}`);
}

async function play(channel: FakeChannel, server: ServerProcess): Promise<void> {
  const { client, session, narrator } = await open(server);
  await narrator.until('source.connected');
  await delay(PLAY_S * 1000);
  await showStatus(client, session);

  const first = channel.edge + 1;
  channel.adBreaks = [[first, first + AD_SEGMENTS - 1]];
  say('twitch', `advertisements for ${AD_SEGMENTS * SEGMENT_S} s`);
  await narrator.until('source.resumed');
  await delay(PLAY_S * 500);

  channel.frozenAt = channel.edge + 1;
  say('twitch', 'the playlist stands still');
  await delay(STALL_S * 1000);
  channel.frozenAt = Infinity;
  say('twitch', 'the playlist moves again');
  await narrator.until('source.resumed');
  await delay(PLAY_S * 500);
  await showStatus(client, session);

  say('twitch', 'the broadcast breaks off, and begins anew');
  channel.startedMs = null;
  await narrator.until('session reconnecting');
  channel.broadcastId = '40000000002';
  channel.goLive(0);
  await narrator.until('session active');
  await delay(PLAY_S * 500);

  say('twitch', 'the broadcast is over');
  channel.startedMs = null;
  await narrator.until('session reconnecting');
  await showStatus(client, session);
  const { state } = await client.deleteSession(session.session_id);
  await narrator.until('session closed');
  say('client', `DELETE: ${state}`);
}

say('demo', 'cutting the bundled clip into segments');
const { width, height, fps } = SOURCE;
const media = await makeMedia({ clip: SAMPLE_CLIP, width, height, fps, segmentS: SEGMENT_S, kbps: KBPS });
const fake = await FakeTwitchServer.listen({
  nowMs: () => Date.now(),
  media: (_rung, n) => media.segments[n % media.segments.length] ?? Buffer.alloc(0),
});
const channel = fake.twitch.channel(CHANNEL).goLive(0);
channel.rungs = FAKE_LADDER.slice(0, 1).map((rung) => ({ ...rung, ...SOURCE, name: '720p' }));
const server = await startServer({
  environment: fake.environment,
});
say('demo', `a server at ${server.baseUrl}, and a fake Twitch on which ${CHANNEL} is live`);
try {
  await play(channel, server);
} finally {
  await server.close();
  await fake.close();
}
