import { httpUrl, integer, listOf, modelName, secret, serviceUrl } from './parsers.js';
import { optional, required } from './variable.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Who else may do the work, what they are asked with, and for how long. */
export const PROVIDER_VARIABLES = {
  JIGA_OPENAI_API_KEY: optional(secret(8), 'Key of OpenAI: offers `openai:…` models.'),
  JIGA_OPENAI_URL: required('https://api.openai.com/v1', serviceUrl, 'Where the API of OpenAI is.'),
  JIGA_ANTHROPIC_API_KEY: optional(secret(8), 'Key of Anthropic: offers `anthropic:…` models.'),
  JIGA_ANTHROPIC_URL: required('https://api.anthropic.com/v1', serviceUrl, 'Where the API of Anthropic is.'),
  JIGA_GOOGLE_API_KEY: optional(secret(8), 'Key of Google AI: offers `google:…` models.'),
  JIGA_GOOGLE_URL: required(
    'https://generativelanguage.googleapis.com/v1beta',
    serviceUrl,
    'Where the API of Google AI is.',
  ),
  JIGA_COMPATIBLE_URL: optional(
    httpUrl,
    'Base URL of any server that speaks the protocol of OpenAI, such as http://localhost:11434/v1: offers `compatible:…` models.',
  ),
  JIGA_COMPATIBLE_API_KEY: optional(secret(1), 'Key of that server, if it wants one.'),
  JIGA_VISION_MODELS: optional(
    listOf(modelName),
    'Models that can look at frames, as provider:model separated by commas, such as openai:gpt-5-mini.',
  ),
  JIGA_REPLY_MODELS: optional(listOf(modelName), 'Models that can hold a conversation.'),
  JIGA_REPLY_PICTURE_MODELS: optional(
    listOf(modelName),
    'Those of them that take a picture with a question; without it, those that are also named as models that can look at frames.',
  ),
  JIGA_TRANSCRIPTION_MODELS: optional(listOf(modelName), 'Models that can write speech down.'),
  JIGA_SPEECH_MODELS: optional(listOf(modelName), 'Models that can speak.'),
  JIGA_VISION_DEFAULT: optional(
    listOf(modelName),
    'Who looks at the frames of sessions that do not choose, in order; without it, the local analysis alone. Frames leave this machine when it names a remote model.',
  ),
  JIGA_REPLY_DEFAULT: optional(
    listOf(modelName),
    'Who converses in sessions that do not choose, in order; without it, the first local model, else the first of the list above.',
  ),
  JIGA_TRANSCRIPTION_DEFAULT: optional(
    listOf(modelName),
    'Who writes speech down in sessions that do not choose; without it, as for replies.',
  ),
  JIGA_SPEECH_DEFAULT: optional(
    listOf(modelName),
    'Who speaks in sessions that do not choose; without it, as for replies.',
  ),
  JIGA_VISION_ENRICH_EVERY: required(
    '10',
    integer(1, 10_000),
    'A remote model is shown the newest frame at most once in so many analysis intervals of the session.',
  ),
  JIGA_PROVIDER_TIMEOUT_MS: required(
    '20000',
    integer(100, 600_000),
    'Longest time that a provider may take for an answer, or for the first piece of one, in milliseconds.',
  ),
  JIGA_PROVIDER_IDLE_TIMEOUT_MS: required(
    '10000',
    integer(100, 600_000),
    'Longest silence within an answer that comes piece by piece, in milliseconds.',
  ),
  JIGA_PROVIDER_RETRIES: required(
    '1',
    integer(0, 5),
    'Further tries of a provider after a failure that may pass, before the next of the chain is asked.',
  ),
  JIGA_PROVIDER_ANSWER_MAX_BYTES: required(
    '16777216',
    integer(64 * KIB, 256 * MIB),
    'Largest answer of a provider, in bytes.',
  ),
  JIGA_PROVIDER_PROBE_INTERVAL_S: required(
    '300',
    integer(0, 86_400),
    'How often providers are asked whether they work, in seconds (a list of their models, which costs nothing); 0 = never.',
  ),
} as const;
