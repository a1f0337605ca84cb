import { spawn } from 'node:child_process';
import { fileInput } from './file-input.js';

/** What a clip's first video stream is. */
export interface ClipInfo {
  readonly width: number;
  readonly height: number;
  /** Nominal frame rate; exact for the constant-rate clips that carry truth per source frame. */
  readonly fps: number;
  readonly durationSeconds: number | null;
}

const MAX_REPORT_BYTES = 64 * 1024;

/** Reads size, rate and length of a clip from ffmpeg's own report. Throws when the file has no video that ffmpeg knows. */
export async function probeClip(ffmpegPath: string, file: string, signal?: AbortSignal): Promise<ClipInfo> {
  // Without an output file ffmpeg prints the report and exits with 1: the report is all that is wanted.
  const report = await readReport(ffmpegPath, ['-hide_banner', '-nostdin', ...fileInput(file)], signal);
  const info = parseClipReport(report);
  if (!info) throw new Error(`${file}: ${report.trim().split('\n').at(-1) ?? 'no video stream'}`);
  return info;
}

function readReport(path: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      killSignal: 'SIGKILL',
      ...(signal ? { signal } : {}),
    });
    let report = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (report.length < MAX_REPORT_BYTES) report += text;
    });
    child.once('error', reject);
    child.once('close', () => resolve(report));
  });
}

/** The report's `Stream … Video:` line, whose wording is the same from 2018 to today. */
export function parseClipReport(report: string): ClipInfo | undefined {
  const line = /Stream #\d+:\d+.*: Video:.*/.exec(report)?.[0];
  const size = /, (\d{2,5})x(\d{2,5})[, ]/.exec(line ?? '');
  const rate = /, ([\d.]+k?) fps/.exec(line ?? '') ?? /, ([\d.]+k?) tbr/.exec(line ?? '');
  if (!size || !rate?.[1]) return undefined;
  const fps = rate[1].endsWith('k') ? Number.parseFloat(rate[1]) * 1000 : Number(rate[1]);
  const clock = /Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(report);
  const durationSeconds = clock ? Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) : null;
  return { width: Number(size[1]), height: Number(size[2]), fps, durationSeconds };
}
