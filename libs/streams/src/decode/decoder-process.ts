import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

import { MpjpegParser } from '@jiga/media';

/** A picture as it leaves the process: its time is the stream's own. */
export interface TimedPicture {
  readonly jpeg: Buffer;
  readonly mediaTimeS: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

export interface ProcessEvents {
  picture(picture: TimedPicture): void;
  sound(bytes: Buffer): void;
  /** ffmpeg complains about what it decodes. */
  complaint(): void;
  /** The stream has no such track, and the process ends. */
  lacks(track: 'picture' | 'sound'): void;
  /** The process is gone: `wasMissing` when it could not be started at all. Called once. */
  exit(wasClean: boolean, wasMissing: boolean): void;
}

interface Stamp {
  readonly mediaTimeS: number;
  readonly width: number;
  readonly height: number;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const PICTURE_MAX_BYTES = 8 * 1024 * 1024;
/** Pictures without a time, or times without a picture, before something is wrong. */
const UNPAIRED_MAX = 256;
const LINE_MAX_CHARS = 2048;
const STAMP = /\bpts_time:\s*(-?[\d.]+).*\bs:(\d+)x(\d+)/;
const LACKS = /Stream map '0:([av]):0' matches no streams/;
const COMPLAINT = /\[(?:error|fatal|panic)\]/;

/** One ffmpeg: bytes in, timed pictures and sound out. Knows nothing of segments. */
export class DecoderProcess {
  readonly #child: Child;
  readonly #pictures: Buffer[] = [];
  readonly #stamps: Stamp[] = [];
  readonly #gone: Promise<void>;
  #line = '';
  #hasFailed = false;

  constructor(
    path: string,
    args: readonly string[],
    hasSound: boolean,
    private readonly events: ProcessEvents,
  ) {
    // Nothing of the server's environment, which holds its secrets, is handed to a program that reads what came from outside.
    const stdio = ['pipe', 'pipe', 'pipe', ...(hasSound ? ['pipe' as const] : [])] as ['pipe', 'pipe', 'pipe'];
    this.#child = spawn(path, args, { stdio, env: {} });
    this.#gone = this.#watch();
    this.#readPictures();
    this.#readReport();
    const sound = this.#child.stdio[3] as Readable | null | undefined;
    sound?.on('data', (bytes: Buffer) => events.sound(bytes));
    // What the program did not take when it ended; its exit says so.
    for (const stream of [...this.#child.stdio, sound]) stream?.on('error', () => undefined);
  }

  /** Resolves when the program has taken the bytes, or is gone. */
  async write(bytes: Buffer): Promise<void> {
    const taken = new Promise<boolean>((resolve) => this.#child.stdin.write(bytes, (error) => resolve(!error)));
    // A program that does not read any more is at its end, or has lost its way.
    if ((await Promise.race([taken, this.#gone])) === false) await this.kill();
  }

  /** No more will follow: resolves when the program has given all it had and is gone. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#gone;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  #watch(): Promise<void> {
    return new Promise((resolve) => {
      let wasMissing = false;
      this.#child.once('error', () => {
        wasMissing = this.#child.pid === undefined;
        if (wasMissing) finish(false);
      });
      const finish = (wasClean: boolean): void => {
        resolve();
        this.events.exit(wasClean, wasMissing);
      };
      this.#child.once('close', (code) => {
        if (!wasMissing) finish(code === 0 && !this.#hasFailed);
      });
    });
  }

  #readPictures(): void {
    const parser = new MpjpegParser(PICTURE_MAX_BYTES);
    this.#child.stdout.on('data', (chunk: Buffer) => {
      if (this.#hasFailed) return;
      try {
        this.#pictures.push(...parser.push(chunk));
      } catch {
        this.#fail();
      }
      this.#pair();
    });
  }

  #readReport(): void {
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#line + text).split(/[\r\n]/);
      // Of a line without an end no more is kept than a stamp can have.
      this.#line = (lines.pop() ?? '').slice(-LINE_MAX_CHARS);
      for (const line of lines) this.#readLine(line);
    });
  }

  #readLine(line: string): void {
    const [, time, width, height] = STAMP.exec(line) ?? [];
    if (time !== undefined) {
      this.#stamps.push({ mediaTimeS: Number(time), width: Number(width), height: Number(height) });
      this.#pair();
      return;
    }
    const [, track] = LACKS.exec(line) ?? [];
    if (track !== undefined) this.events.lacks(track === 'a' ? 'sound' : 'picture');
    else if (COMPLAINT.test(line)) this.events.complaint();
  }

  /** The n-th picture has the n-th stamp, whichever arrives first. */
  #pair(): void {
    for (let jpeg = this.#pictures[0]; jpeg !== undefined; jpeg = this.#pictures[0]) {
      const stamp = this.#stamps.shift();
      if (!stamp) break;
      this.#pictures.shift();
      const { mediaTimeS, width, height } = stamp;
      this.events.picture({ jpeg, mediaTimeS, sourceWidth: width, sourceHeight: height });
    }
    if (this.#pictures.length > UNPAIRED_MAX || this.#stamps.length > UNPAIRED_MAX) this.#fail();
  }

  #fail(): void {
    this.#hasFailed = true;
    this.#child.kill('SIGKILL');
  }
}
