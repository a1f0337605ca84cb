import { CAPABILITIES } from '@jiga/contracts';
import type { Capability } from '@jiga/contracts';
import { ConfigError } from '@jiga/platform';
import type { ModelLists, ProviderSettings, ServiceSettings } from '@jiga/platform';

import type { OptionRules } from '../option-rules.js';
import type { CapabilityPorts } from '../ports/index.js';
import type { Provider, ProviderHealth } from '../provider.js';
import { boundedFetch } from './bounded-fetch.js';
import { CompatibleService } from './compatible.service.js';
import { CompatibleSpeech, SPEECH_OPTIONS } from './compatible.speech.js';
import { CompatibleTranscription, TRANSCRIPTION_OPTIONS } from './compatible.transcription.js';
import { callFailure, statusFailure } from './http-failure.js';
import { modelLoader, type SdkVendor } from './sdk-models.js';
import { SdkReply } from './sdk.reply.js';
import { LANGUAGE_OPTIONS } from './sdk-settings.js';
import { SdkVision } from './sdk.vision.js';

interface Vendor {
  readonly id: SdkVendor;
  readonly name: string;
  /** The variable that turns it on. */
  readonly variable: string;
  readonly possible: readonly Capability[];
  /** Of the protocol for speech; null = the service has one of its own. */
  readonly voice: string | null;
  /** How a key is given, for asking whether it holds. */
  readonly keyHeaders: (key: string) => Readonly<Record<string, string>>;
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const VENDORS: readonly Vendor[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    variable: 'JIGA_OPENAI_API_KEY',
    possible: CAPABILITIES,
    voice: 'alloy',
    keyHeaders: bearer,
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    variable: 'JIGA_ANTHROPIC_API_KEY',
    possible: ['vision', 'reply'],
    voice: null,
    keyHeaders: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  {
    id: 'google',
    name: 'Google AI',
    variable: 'JIGA_GOOGLE_API_KEY',
    possible: ['vision', 'reply'],
    voice: null,
    keyHeaders: (key) => ({ 'x-goog-api-key': key }),
  },
  {
    id: 'compatible',
    name: 'A server with the protocol of OpenAI',
    variable: 'JIGA_COMPATIBLE_URL',
    possible: CAPABILITIES,
    voice: null,
    keyHeaders: bearer,
  },
];

/**
 * Every remote service that this server could ask, on or off, as the settings say. Throws ConfigError for a model that
 * belongs to none of them.
 */
export function remoteProviders(settings: ProviderSettings): Provider[] {
  for (const capability of CAPABILITIES) {
    const able = VENDORS.filter(({ possible }) => possible.includes(capability)).map(({ id }) => id);
    const stray = settings.models[capability]?.find((model) => !able.some((id) => model.startsWith(`${id}:`)));
    if (stray !== undefined) {
      const names = able.map((id) => `${id}:…`).join(', ');
      throw new ConfigError(`JIGA_${capability.toUpperCase()}_MODELS names ${stray}; there can be ${names}`);
    }
  }
  const stray = settings.replyPictures?.find((model) => !settings.models.reply?.includes(model));
  if (stray !== undefined) {
    throw new ConfigError(`JIGA_REPLY_PICTURE_MODELS names ${stray}, which JIGA_REPLY_MODELS does not`);
  }
  return VENDORS.map((vendor) => remoteProvider(vendor, settings));
}

function remoteProvider(vendor: Vendor, settings: ProviderSettings): Provider {
  const service = settings[vendor.id];
  const models = modelsOf(vendor, settings.models);
  const { id, name, possible } = vendor;
  const hint = hintOf(vendor);
  const base = { id, name, isRemote: true, possible, hint, options: OPTIONS };
  if (!isOn(vendor, service)) {
    return { ...base, models: {}, health: () => off(hint) };
  }
  const bounded = boundedFetch(settings.answerMaxBytes);
  const hasModels = Object.keys(models).length > 0;
  return {
    ...base,
    models,
    pictureModels: pictureModelsOf(models, vendor, settings),
    ports: portsOf(vendor, service, bounded),
    health: () => (hasModels ? { state: 'ok', detail: null } : off(`It has no models yet. ${hint}`)),
    probe: (signal) => probe(vendor, service, bounded, signal),
  };
}

const OPTIONS: Readonly<Record<Capability, OptionRules>> = {
  vision: LANGUAGE_OPTIONS,
  reply: LANGUAGE_OPTIONS,
  transcription: TRANSCRIPTION_OPTIONS,
  speech: SPEECH_OPTIONS,
};

const off = (detail: string): ProviderHealth => ({ state: 'off', detail });

function isOn(vendor: Vendor, service: ServiceSettings): service is ServiceSettings & { readonly url: string } {
  return service.url !== null && (service.apiKey !== null || vendor.id === 'compatible');
}

function hintOf({ id, name, variable, possible }: Vendor): string {
  const lists = possible.map((capability) => `JIGA_${capability.toUpperCase()}_MODELS`).join(', ');
  return `For ${name}, set ${variable} and name its models (${id}:…) in ${lists}.`;
}

function modelsOf({ id, possible }: Vendor, lists: ModelLists): Provider['models'] {
  const entries = possible.flatMap((capability) => {
    const models = (lists[capability] ?? [])
      .filter((model) => model.startsWith(`${id}:`))
      .map((model) => model.slice(id.length + 1));
    return models.length > 0 ? [[capability, models] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Of the reply models, those that the operator says take pictures: outright, or by letting them look at frames. */
function pictureModelsOf({ vision, reply }: Provider['models'], { id }: Vendor, settings: ProviderSettings) {
  return (reply ?? []).filter((model) =>
    settings.replyPictures ? settings.replyPictures.includes(`${id}:${model}`) : vision?.includes(model),
  );
}

function portsOf(
  vendor: Vendor,
  service: ServiceSettings & { readonly url: string },
  bounded: typeof fetch,
): Partial<CapabilityPorts> {
  const models = modelLoader(vendor.id, service, bounded);
  const language = { vision: new SdkVision(models), reply: new SdkReply(models) };
  if (!vendor.possible.includes('speech')) return language;
  const compatible = new CompatibleService(service, bounded);
  return {
    ...language,
    transcription: new CompatibleTranscription(compatible),
    speech: new CompatibleSpeech(compatible, vendor.voice),
  };
}

/** All of them list their models at the same place, for nothing. */
async function probe(
  { keyHeaders }: Vendor,
  { url, apiKey }: ServiceSettings & { readonly url: string },
  bounded: typeof fetch,
  signal: AbortSignal,
): Promise<void> {
  try {
    const response = await bounded(`${url}/models`, { headers: apiKey === null ? {} : keyHeaders(apiKey), signal });
    await response.body?.cancel();
    if (!response.ok) throw statusFailure(response.status, response.headers.get('retry-after'));
  } catch (error) {
    throw callFailure(error, signal);
  }
}
