import type { EngineHealth, EngineInfo } from '../ports/engine.port.js';
import { COMMAND_LANGUAGES } from '../ports/recognition.port.js';
import { READABLE_AUDIO_FORMATS } from '../ports/pcm.js';
import { APM_PACKAGE, APM_VERSION } from './front-end/apm-package.js';
import { isInstalled } from './package-file.js';
import { FLITE_VOICES } from './speech/voices.js';

const OK: EngineHealth = { state: 'ok', detail: null };
const HALF_DUPLEX_NOTE = 'Nothing is heard while something is played.';

/** The engines of the front end, best first. */
export function frontEndEngines(): readonly EngineInfo[] {
  const apm = (): EngineHealth =>
    isInstalled(APM_PACKAGE)
      ? OK
      : { state: 'off', detail: `Install the optional package: npm install ${APM_PACKAGE}@${APM_VERSION}` };
  const gate = (): EngineHealth => ({
    state: isInstalled(APM_PACKAGE) ? 'off' : 'degraded',
    detail: isInstalled(APM_PACKAGE) ? 'Not needed: the canceller is there.' : HALF_DUPLEX_NOTE,
  });
  const any: readonly string[] = [];
  return [
    facts('silero', 'Silero VAD 5', 'vad', ['v5'], any, 0.006),
    facts('gtcrn', 'GTCRN', 'noise', ['full'], any, 0.04),
    facts('rnnoise', 'RNNoise', 'noise', ['light'], any, 0.012),
    facts('webrtc-apm', 'WebRTC echo canceller (AEC3)', 'echo', ['aec3'], any, 0.013, apm),
    facts('half-duplex', 'Half-duplex gate', 'echo', ['gate'], any, 0, gate),
  ];
}

export const commandEngine = (): EngineInfo =>
  facts('soundswallower', 'SoundSwallower', 'commands', ['en-us', 'fr-fr'], COMMAND_LANGUAGES, 0.16);

export const fliteEngine = (): EngineInfo =>
  facts(
    'flite',
    'Flite',
    'speech',
    FLITE_VOICES.map(({ id }) => id),
    ['en'],
    0.03,
  );

/** Reading and writing of sound files. */
export function codecEngines(hasMp3: boolean): readonly EngineInfo[] {
  const mp3 = (): EngineHealth =>
    hasMp3 ? OK : { state: 'off', detail: 'MP3 needs ffmpeg: install it, or set JIGA_FFMPEG_PATH.' };
  const own = READABLE_AUDIO_FORMATS.filter((format) => format !== 'mp3');
  return [
    facts('codecs', 'Own readers and libopus', 'decode', own, [], 0.003),
    facts('ffmpeg-mp3', 'ffmpeg', 'decode', ['mp3'], [], null, mp3),
    facts('wav', 'Own writer', 'encode', ['wav'], [], 0.001),
    facts('ffmpeg-mp3-writer', 'ffmpeg with LAME', 'encode', ['mp3'], [], null, mp3),
  ];
}

/** Processor times are the bench's, on one core of a shared machine: they tell orders of magnitude. */
function facts(
  id: string,
  name: string,
  capability: EngineInfo['capability'],
  models: readonly string[],
  languages: readonly string[],
  ...[cpuPerSecond, health = () => OK]: [cpuPerSecond: number | null, health?: () => EngineHealth]
): EngineInfo {
  return { id, name, capability, models, languages, cpuPerSecond, isRemote: false, health };
}
