import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ServerProcess } from '../../../apps/cli/src/server-process.js';
import { createSession, type CreatedSession } from './api.js';
import type { Pictures } from './pictures.js';

/** What one player saw since the last reset. */
export interface PlayerFigures {
  readonly sent: number;
  /** Of results, from sending to arrival. */
  readonly latenciesMs: readonly number[];
  /** Heavy stages among the results. */
  readonly heavy: number;
  /** Frames without a result, by the reason of the drop or the code of the error. */
  readonly lost: Readonly<Record<string, number>>;
}

const RESULT = 'high_speed_analysis_result';

/** A game client that plays the clip in a loop at its rate, and takes the time until each frame is answered. */
export class Player {
  #sent = 0;
  #next: number;
  #frames = 0;
  #heavy = 0;
  #latenciesMs: number[] = [];
  #lost: Record<string, number> = {};
  readonly #sentAt = new Map<number, number>();

  private constructor(
    readonly session: CreatedSession,
    private readonly socket: WebSocket,
    private readonly pictures: Pictures,
    first: number,
  ) {
    this.#next = first;
    socket.on('message', (data: Buffer) => this.#take(data.toString('utf8')));
  }

  /** @param first the picture to begin with: players are not to show the same one at the same moment */
  static async open(server: ServerProcess, request: object, pictures: Pictures, first: number): Promise<Player> {
    const session = await createSession(server, { high_speed_vision: true, ...request });
    const socket = new WebSocket(String(session.endpoints['high_speed_stream']), {
      headers: { authorization: `Bearer ${server.apiKey}` },
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    return new Player(session, socket, pictures, first);
  }

  /** Sends the next picture. */
  send(): void {
    const { jpegs } = this.pictures;
    const id = this.#frames++;
    const jpeg = jpegs[this.#next++ % jpegs.length];
    if (!jpeg) return;
    const header = Buffer.from(JSON.stringify({ type: 'analyze_frame', request_id: id, timestamp: Date.now() / 1000 }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(header.length);
    this.#sentAt.set(id, performance.now());
    this.#sent++;
    this.socket.send(Buffer.concat([length, header, jpeg]));
  }

  reset(): void {
    [this.#sent, this.#heavy, this.#latenciesMs, this.#lost] = [0, 0, [], {}];
  }

  read(): PlayerFigures {
    return { sent: this.#sent, latenciesMs: this.#latenciesMs, heavy: this.#heavy, lost: this.#lost };
  }

  close(): void {
    this.socket.terminate();
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    const sentAt = this.#sentAt.get(Number(message['request_id']));
    if (sentAt === undefined) return;
    this.#sentAt.delete(Number(message['request_id']));
    if (message['type'] === RESULT) {
      this.#latenciesMs.push(performance.now() - sentAt);
      const { metadata } = message['data'] as { metadata: { stages_ms: Record<string, number> } };
      if (metadata.stages_ms['heavy'] !== undefined) this.#heavy++;
    } else {
      const reason = String(message['reason'] ?? message['code']);
      this.#lost[reason] = (this.#lost[reason] ?? 0) + 1;
    }
  }
}

/** Lets players play for so long, each at the rate of its pictures and evenly apart from the others. */
export async function play(players: readonly Player[], fps: number, seconds: number): Promise<void> {
  const periodMs = 1000 / fps;
  const startedAt = performance.now();
  const due = players.map((_, i) => startedAt + (periodMs * i) / players.length);
  const end = startedAt + seconds * 1000;
  for (let now = startedAt; now < end; now = performance.now()) {
    for (const [i, player] of players.entries()) {
      if ((due[i] ?? Infinity) > now) continue;
      player.send();
      due[i] = (due[i] ?? now) + periodMs;
    }
    await delay(2);
  }
}
