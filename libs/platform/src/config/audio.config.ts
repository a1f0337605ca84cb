import type { VariableName, VariableValues } from './variables.js';

export interface AudioConfig {
  readonly audio: {
    readonly maxBytes: number;
    /** Threads that recognise commands; null = as many as the machine suggests. */
    readonly commandWorkers: number | null;
    /** Folders of models for sherpa-onnx; null = none. */
    readonly asrModelDir: string | null;
    readonly ttsModelDir: string | null;
  };
}

export const audioConfig = (read: <K extends VariableName>(name: K) => VariableValues[K]): AudioConfig => ({
  audio: {
    maxBytes: read('JIGA_AUDIO_MAX_BYTES'),
    commandWorkers: read('JIGA_COMMAND_WORKERS') ?? null,
    asrModelDir: read('JIGA_ASR_MODEL_DIR'),
    ttsModelDir: read('JIGA_TTS_MODEL_DIR'),
  },
});
