import { connect, type Socket } from 'node:net';
import { setInterval as every } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { percentile } from '../../apps/cli/src/percentiles.js';
import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';
import { closeSession, createSession } from './bench-flow/api.js';
import { canPin, pinLoad, residentKib, rounded, save } from './bench-flow/machine.js';
import { clipPictures } from './bench-flow/pictures.js';
import { Player, play } from './bench-flow/player.js';
import { RawSocket, maskedFrame } from './bench-stream/raw-socket.js';
import { cpuBetween, cpuTimeOf } from './bench-stream/cpu-time.js';

const USAGE = `npm run bench:abuse -- [options]

What well-behaved sessions feel of clients that abuse the server: one that floods at ten times its credit, one that reads nothing,
one that sends a byte a second. Phases with abuse, with a polite client in its place and with nobody follow each other in rounds, so
that the machine's own ups and downs fall on all of them.

  --seconds N   of each phase (default 5)
  --rounds N    default 4
  --players N   well-behaved sessions (default 5)
  --heavy       with the whole analysis; without it, the cheap stage alone
`;

const FPS = 5;
const FLOOD = 10;
const WARM_UP_SECONDS = 5;
const ALLOWED_RATIO = 1.2;
/** Answers to the last frames of a phase still come in this time. */
const LATE_MS = 1_000;
const POLITE = 'a polite client';

/** Begins the abuse; returns what ends it. */
type Abuse = () => Promise<() => Promise<void>>;

const values = readOptions(USAGE, {
  seconds: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '4' },
  players: { type: 'string', default: '5' },
  heavy: { type: 'boolean', default: false },
});
const seconds = positiveNumber('--seconds', values.seconds);
const rounds = positiveNumber('--rounds', values.rounds);
const pictures = await clipPictures({ width: 480, height: 270 }, FPS, 75);
const work = values.heavy ? { game: 'openarena' } : { skills: [] };
const frame = maskedFrame(
  Buffer.from(JSON.stringify({ type: 'analyze_frame', frame_data: pictures.jpegs[0]?.toString('base64') })),
  false,
);

pinLoad();
const server = await startServer({ cpus: canPin ? '0' : null });

/** Sends frames at so many a second. */
function sendAt(perSecond: number, send: () => void): () => void {
  const startedAt = performance.now();
  let sent = 0;
  const timer = every(() => {
    for (; sent < ((performance.now() - startedAt) * perSecond) / 1000; sent++) send();
  }, 5);
  return () => clearInterval(timer);
}

async function openAbuser(server: ServerProcess): Promise<{ url: string; end: () => Promise<void> }> {
  const session = await createSession(server, { high_speed_vision: true, ...work });
  return { url: String(session.endpoints['high_speed_stream']), end: () => closeSession(server, session) };
}

/** Costs what a session costs, so that what is left is the abuse. */
const polite: Abuse = async () => {
  const player = await Player.open(server, work, pictures, 40);
  const stop = sendAt(FPS, () => player.send());
  return async () => {
    stop();
    player.close();
    await closeSession(server, player.session);
  };
};

const flood: Abuse = async () => {
  const { url, end } = await openAbuser(server);
  const socket = await RawSocket.open(url, server.apiKey, () => {});
  const stop = sendAt(FPS * FLOOD, () => socket.send(frame));
  return async () => {
    stop();
    socket.close();
    await end();
  };
};

/** A bare TCP socket that has asked for a WebSocket. */
function upgrade(url: string): Socket {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  // The server cuts it off: that is what should happen.
  socket.on('error', () => {});
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\nAuthorization: Bearer ${server.apiKey}\r\n\r\n`,
  );
  return socket;
}

const readNothing: Abuse = async () => {
  const { url, end } = await openAbuser(server);
  // Nobody listens for data, so none is read.
  const socket = upgrade(url);
  const stop = sendAt(FPS * FLOOD, () => void (socket.writable && socket.writableLength < 1e6 && socket.write(frame)));
  return async () => {
    stop();
    socket.destroy();
    await end();
  };
};

const drip: Abuse = async () => {
  const { url, end } = await openAbuser(server);
  const socket = upgrade(url).resume();
  let at = 0;
  const stop = sendAt(1, () => void (socket.writable && socket.write(frame.subarray(at, ++at))));
  return async () => {
    stop();
    socket.destroy();
    await end();
  };
};

const all: Abuse = async () => {
  const ends = await Promise.all([flood(), readNothing(), drip()]);
  return async () => void (await Promise.all(ends.map((end) => end())));
};

const PHASES: Readonly<Record<string, Abuse>> = {
  nobody: () => Promise.resolve(() => Promise.resolve()),
  [POLITE]: polite,
  [`${FLOOD} × the credit`]: flood,
  'reads nothing': readNothing,
  'a byte a second': drip,
  'all together': all,
};

const players: Player[] = [];
for (let i = 0; i < positiveNumber('--players', values.players); i++) {
  players.push(await Player.open(server, work, pictures, i * 17));
}
await play(players, FPS, WARM_UP_SECONDS);
const seen = new Map<string, { latencies: number[]; lost: number; cpuMs: number; rssMib: number[] }>();
for (let round = 0; round < rounds; round++) {
  for (const [name, abuse] of Object.entries(PHASES)) {
    const end = await abuse();
    for (const player of players) player.reset();
    const before = cpuTimeOf(server.pid);
    await play(players, FPS, seconds);
    await delay(LATE_MS);
    const cpu = cpuBetween(before, cpuTimeOf(server.pid));
    const figures = players.map((player) => player.read());
    const phase = seen.get(name) ?? { latencies: [], lost: 0, cpuMs: 0, rssMib: [] };
    seen.set(name, phase);
    phase.latencies.push(...figures.flatMap(({ latenciesMs }) => latenciesMs));
    phase.lost += figures.reduce((sum, { sent, latenciesMs }) => sum + Math.max(0, sent - latenciesMs.length), 0);
    phase.cpuMs += cpu?.allMs ?? 0;
    phase.rssMib.push((residentKib(server.pid) ?? 0) / 1024);
    await end();
  }
}
for (const player of players) player.close();
await server.close();

const calm = percentile(seen.get(POLITE)?.latencies ?? [], 0.95);
const rows = [...seen].map(([abuse, { latencies, lost, cpuMs, rssMib }]) => {
  const p95 = percentile(latencies, 0.95);
  return {
    abuse,
    frames: latencies.length,
    p50Ms: rounded(percentile(latencies, 0.5), 2),
    p95Ms: rounded(p95, 2),
    p95Ratio: rounded(p95 && calm && p95 / calm, 2),
    lost,
    serverCpuMsPerSecond: rounded(cpuMs / (rounds * (seconds + LATE_MS / 1000))),
    firstRssMib: rounded(rssMib[0] ?? null),
    lastRssMib: rounded(rssMib.at(-1) ?? null),
  };
});
console.table(rows);
const worst = Math.max(...rows.map(({ p95Ratio }) => p95Ratio ?? Infinity));
console.log(`others' 95th percentile: at most ${worst} × that beside a polite client (${ALLOWED_RATIO} is allowed)`);
await save('abuse', {
  seconds,
  rounds,
  players: players.length,
  work: values.heavy ? 'full HUD' : 'cheap stage',
  rows,
});
