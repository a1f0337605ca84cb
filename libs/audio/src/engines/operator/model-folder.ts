import { basename, join } from 'node:path';

/** A model's configuration as sherpa-onnx takes it, or why the folder holds none. */
export type FoundModel =
  | { readonly kind: string; readonly config: Readonly<Record<string, unknown>> }
  | { readonly kind: null; readonly reason: string };

/** A folder as it was read: its path and the names of what is in it. */
export interface ModelFolder {
  readonly path: string;
  readonly names: readonly string[];
}

const none = (reason: string): FoundModel => ({ kind: null, reason });

/** The file whose name has this part; the smaller 8-bit build is taken where both are there. */
function file({ path, names }: ModelFolder, part: RegExp): string | null {
  const found = names.filter((name) => part.test(name)).sort();
  const best = found.find((name) => name.includes('.int8.')) ?? found[0];
  return best === undefined ? null : join(path, best);
}

const onnx = (part: string): RegExp => new RegExp(`(^|[-_.])${part}([-_.].*)?\\.(onnx|ort)$`);
/** The folder's name tells models apart that have the same files. */
const isCalled = ({ path }: ModelFolder, name: RegExp): boolean => name.test(basename(path).toLowerCase());

/** Which transcription model a folder holds, by its files as sherpa-onnx publishes them. */
export function findTranscriptionModel(folder: ModelFolder, language: string): FoundModel {
  const tokens = file(folder, /(^|-)tokens\.txt$/);
  if (!tokens) return none('it has no tokens.txt');
  const model = severalPartModel(folder, language) ?? singlePartModel(folder, language);
  if (model.kind === null) return model;
  return { kind: model.kind, config: { ...model.config, tokens, numThreads: 2, debug: 0, provider: 'cpu' } };
}

function severalPartModel(folder: ModelFolder, language: string): FoundModel | null {
  const [encoder, decoder, joiner] = ['encoder', 'decoder', 'joiner'].map((part) => file(folder, onnx(part)));
  const [preprocessor, encode, uncachedDecoder, cachedDecoder] = [
    'preprocess',
    'encode',
    'uncached_decode',
    'cached_decode',
  ].map((part) => file(folder, new RegExp(`^${part}(\\.int8)?\\.(onnx|ort)$`)));
  if (preprocessor && encode && uncachedDecoder && cachedDecoder) {
    return {
      kind: 'moonshine',
      config: { moonshine: { preprocessor, encoder: encode, uncachedDecoder, cachedDecoder } },
    };
  }
  if (!encoder || !decoder) return null;
  if (joiner) {
    if (isCalled(folder, /streaming/)) return none('it is a streaming model; take one that is not');
    const isNemo = isCalled(folder, /nemo|parakeet/);
    const config = { transducer: { encoder, decoder, joiner }, ...(isNemo ? { modelType: 'nemo_transducer' } : {}) };
    return { kind: isNemo ? 'parakeet' : 'zipformer', config };
  }
  if (isCalled(folder, /canary/)) {
    const canary = { encoder, decoder, srcLang: language, tgtLang: language, usePnc: 1 };
    return { kind: 'canary', config: { canary } };
  }
  if (isCalled(folder, /fire-?red/)) return { kind: 'fire-red', config: { fireRedAsr: { encoder, decoder } } };
  return { kind: 'whisper', config: { whisper: { encoder, decoder, language, task: 'transcribe', tailPaddings: -1 } } };
}

/** Models of one file, which only the folder's name tells apart. */
const SINGLE: readonly (readonly [name: RegExp, kind: string, member: string])[] = [
  [/sense-?voice/, 'sense-voice', 'senseVoice'],
  [/paraformer/, 'paraformer', 'paraformer'],
  [/dolphin/, 'dolphin', 'dolphin'],
  [/zipformer.*ctc|ctc.*zipformer/, 'zipformer-ctc', 'zipformerCtc'],
  [/nemo|parakeet|citrinet|conformer-ctc/, 'nemo-ctc', 'nemoCtc'],
];

function singlePartModel(folder: ModelFolder, language: string): FoundModel {
  const model = file(folder, onnx('model'));
  if (!model) return none('it has none of the files of whisper, moonshine, parakeet, zipformer or the like');
  const known = SINGLE.find(([name]) => isCalled(folder, name));
  if (!known)
    return none('the name of the folder does not tell which model it is; keep the name it was published with');
  const [, kind, member] = known;
  const more = kind === 'sense-voice' ? { language, useInverseTextNormalization: 1 } : {};
  return { kind, config: { [member]: { model, ...more } } };
}

/** Which voice a folder holds, by its files as sherpa-onnx publishes them. */
export function findVoiceModel(folder: ModelFolder): FoundModel {
  const tokens = file(folder, /^tokens\.txt$/);
  if (!tokens) return none('it has no tokens.txt');
  const dataDir = folder.names.includes('espeak-ng-data') ? join(folder.path, 'espeak-ng-data') : '';
  const lexicon = file(folder, /^lexicon.*\.txt$/) ?? '';
  const voices = file(folder, /^voices\.bin$/);
  const acousticModel = file(folder, /^model-steps-\d+\.onnx$/);
  const vocoder = file(folder, /^(hifigan|vocos).*\.onnx$/);
  const model = file(folder, /\.onnx$/);
  const general = { numThreads: 2, debug: 0, provider: 'cpu' };
  if (!model) return none('it has no .onnx file');
  if (acousticModel) {
    if (!vocoder) return none('it is a matcha voice without its vocoder: put hifigan or vocos beside it');
    return { kind: 'matcha', config: { matcha: { acousticModel, vocoder, lexicon, tokens, dataDir }, ...general } };
  }
  if (voices) {
    const kind = isCalled(folder, /kitten/) ? 'kitten' : 'kokoro';
    const parts = { model, voices, tokens, dataDir, ...(kind === 'kokoro' && lexicon ? { lexicon } : {}) };
    return { kind, config: { [kind]: parts, ...general } };
  }
  if (!dataDir && !lexicon) return none('it has neither espeak-ng-data nor a lexicon');
  return { kind: 'vits', config: { vits: { model, lexicon, tokens, dataDir }, ...general } };
}
