import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AudioConnection, Session, SpeechPiece } from '@jiga/client';
import { JigaClient } from '@jiga/client';
import { openClip } from './clip-source.js';
import { formatMs, percentile } from './percentiles.js';
import { playClip } from './play-clip.js';
import { readOptions } from './arguments.js';
import { startServer } from './server-process.js';
import { Asker } from './voice/asker.js';
import { speakAll } from './voice/questions.js';

const USAGE = `npm run demo:voice -- [options]

Talks to JIGA while it watches the bundled clip, and keeps what it answers as sound.

  --out DIR    where the spoken answers are written (default voice-answers)
  --ask TEXT   a question; may be given several times (default: a few)
`;

const BUNDLED_CLIP = 'samples/openarena/oa_ctf_sample.mp4';
const QUESTIONS = [
  "what's the score",
  'how much health do i have',
  'what should i do',
  'who has the flag',
  'how long left',
  'need backup mid',
  'what happened',
  'which map is this',
];
const SILENCE_TIMEOUT_S = 0.5;
const FPS = 5;
/** The picture is read first; then one question after the other. */
const FIRST_AFTER_MS = 3_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

interface Talk {
  readonly audio: AudioConnection;
  readonly questions: Awaited<ReturnType<typeof speakAll>>;
  readonly out: string;
  readonly isOver: () => boolean;
}

/** Asks one question after the other, also when the clip is over; returns the latencies. */
async function talk({ audio, questions, out, isOver }: Talk): Promise<number[]> {
  const asker = new Asker(audio, SILENCE_TIMEOUT_S * 1000);
  const latencies: number[] = [];
  let wasOver = false;
  try {
    await wait(FIRST_AFTER_MS);
    for (const [index, { text, pcm, voice }] of questions.entries()) {
      // A polite player lets JIGA finish, callouts too.
      await asker.quiet();
      if (isOver() && !wasOver) {
        wasOver = true;
        print('\n(the clip is over: JIGA tells what it saw last)\n');
      }
      const { heard, answer, latencyMs } = await asker.ask(pcm);
      print(`you (${voice})  ${text}`);
      print(heard === null ? '      not understood' : `      heard "${heard}"`);
      if (answer) {
        const file = await save(answer, join(out, `${String(index + 1).padStart(2, '0')}.wav`));
        print(`jiga  ${answer.text}   (${formatMs(latencyMs)} ms after the silence${file ? `, ${file}` : ''})`);
      }
      if (latencyMs !== null) latencies.push(latencyMs);
    }
  } finally {
    asker.close();
  }
  return latencies;
}

async function save({ audio }: SpeechPiece, file: string): Promise<string | null> {
  if (!audio) return null;
  await writeFile(file, audio.bytes);
  return file;
}

async function run(out: string, asked: readonly string[]): Promise<void> {
  const questions = await speakAll(asked, ['rms', 'slt', 'rms', 'kal16']);
  const file = fileURLToPath(new URL(`../../../../${BUNDLED_CLIP}`, import.meta.url));
  const source = await openClip({ file, fps: FPS, size: null, quality: 85 });
  const server = await startServer();
  let isOver = false;
  let talking: Promise<number[]> = Promise.resolve([]);
  let audio: AudioConnection | null = null;
  try {
    const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
    const onStart = (session: Session): void => {
      print(
        `A player talks to JIGA while it watches a match (${FPS} frames a second). Session ${session.session_id}\n`,
      );
      const connection = client.audio(session);
      audio = connection;
      connection.on('callout', ({ text }) => print(`jiga  ! ${text}`));
      talking = connection.connect().then(() => talk({ audio: connection, questions, out, isOver: () => isOver }));
      talking.catch(() => {});
    };
    await playClip({
      baseUrl: server.baseUrl,
      apiKey: server.apiKey,
      source,
      game: 'openarena',
      speed: 1,
      settings: {
        voice_chat_enabled: true,
        voice_chat_config: { silence_timeout: SILENCE_TIMEOUT_S },
        team_id: 'demo',
      },
      onStart,
      beforeEnd: async () => {
        isOver = true;
        summarise(await talking);
      },
    });
  } finally {
    (audio as AudioConnection | null)?.close();
    await server.close();
  }
}

function summarise(latencies: readonly number[]): void {
  const [p50, p95] = [percentile(latencies, 0.5), percentile(latencies, 0.95)];
  print(`\n${latencies.length} answers; first sound after the silence of ${SILENCE_TIMEOUT_S} s that ends a turn:`);
  print(`p50 ${formatMs(p50)} ms, p95 ${formatMs(p95)} ms`);
  if (latencies.length === 0) process.exitCode = 1;
}

try {
  const values = readOptions(USAGE, {
    out: { type: 'string', default: 'voice-answers' },
    ask: { type: 'string', multiple: true },
  });
  const out = resolve(values.out);
  await mkdir(out, { recursive: true });
  await run(out, values.ask ?? QUESTIONS);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
