import { integer, text } from './parsers.js';
import { optional, required } from './variable.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Of what is heard and said. */
export const AUDIO_VARIABLES = {
  JIGA_AUDIO_MAX_BYTES: required(
    '16777216',
    integer(KIB, 256 * MIB),
    'Largest recording sent to be heard, in bytes. How long it may last is `max_recording_duration` of the session.',
  ),
  JIGA_COMMAND_WORKERS: optional(
    integer(1, 64),
    'Threads that recognise spoken commands; without it, one for each core and at most four. They start when they are needed.',
  ),
  JIGA_ASR_MODEL_DIR: optional(
    text,
    'Folder of a speech recognition model for sherpa-onnx (whisper, moonshine, zipformer, …): free dictation on this machine.',
  ),
  JIGA_TTS_MODEL_DIR: optional(
    text,
    'Folder of a voice for sherpa-onnx (piper, kokoro, kitten, matcha) that speaks instead of the built-in ones.',
  ),
} as const;
